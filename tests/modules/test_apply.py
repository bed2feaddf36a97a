"""Every module, applied by the role it will be applied by, in an AWS that enforces IAM policies.

What comes out: the modules converge, destroying them works, and the permissions in
modules/orchestrator_roles are enough for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from orchestrator.adapters.process import Completed
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import (
    ACCOUNTS,
    LOG_ARCHIVE,
    MANAGEMENT,
    MEMBER,
    OTHER,
    SECURITY,
    AccountRoot,
    Applied,
    bootstrap_code,
    entry_keys,
    keys,
    session,
)
from tests.modules.tables import modules
from tests.modules.workshop import Workshop
from tests.sandbox.calls import with_keys
from tests.sandbox.fleets import PROMPT, a_fleet
from tests.sandbox.tokens import GITHUB, GITLAB, a_token

pytestmark = [pytest.mark.terraform, pytest.mark.long]

IAM = f"arn:aws:iam::{MANAGEMENT}"

ARCHIVE = AccountRoot(LOG_ARCHIVE, ("log_archive",))
ACCESS = AccountRoot(
    MANAGEMENT,
    ("organization_access", "guardduty_admin", "management_services", "service_linked_roles"),
)
TRAIL = AccountRoot(MANAGEMENT, ("organization_trail",))
ADMINISTRATORS = AccountRoot(MANAGEMENT, ("guardduty_admin", "security_hub_admin"), OTHER)
HUB = AccountRoot(MEMBER, ("security_hub_account",))
MEMBERS = AccountRoot(SECURITY, ("security_hub_aggregator", "security_hub_members"))
CENTRAL = AccountRoot(
    SECURITY,
    (
        "access_analyzer",
        "config_aggregator",
        "drift_queue",
        "findings_bus",
        "guardduty_organization",
        "security_hub_central",
    ),
)
ROUTER = AccountRoot(SECURITY, ("finding_router", "team_notifications"))
# It makes the service-linked role that AWS Config wants to be there first.
FIRST = AccountRoot(MEMBER, ("account_baseline",))
BASELINE = AccountRoot(
    MEMBER,
    (
        "region_baseline",
        "config_recorder",
        "drift_events",
        "drift_events_role",
        "remediation_role",
    ),
)

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": SECURITY}}
        ],
    }
)
EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)

BOOTSTRAP = {"state_backend", "runner_roles", "orchestrator_roles", "ci_roles", "runner"}
EVERYWHERE = (ARCHIVE, ACCESS, TRAIL, ADMINISTRATORS)
LOCAL = (HUB, MEMBERS)
REST = (CENTRAL, ROUTER, FIRST, BASELINE)
"""In the order in which they need each other. Local mode and central configuration exclude each
other, so the roots of local mode are gone before those of central configuration come."""


@dataclass(frozen=True)
class Rehearsal:
    """A sandbox in which the orchestrator's roles have been made."""

    workshop: Workshop
    sandbox: Sandbox
    folder: Path
    bootstrap: Applied

    def root(self, root: AccountRoot) -> Applied:
        name = f"{root.account}-{root.region}-{root.modules[0]}"
        return Applied(self.workshop, self.sandbox, self.folder / name, root.code())

    def keys(self, root: AccountRoot, role: str) -> dict[str, str]:
        return {root.account: keys(self.sandbox, root.account, role)}

    def empty(self, bucket: str) -> None:
        """Delete every version of every object, as the owner of the archive would."""
        s3 = self.sandbox.client("s3", LOG_ARCHIVE)
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


@pytest.fixture(scope="module")
def rehearsal(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("rehearsal")
    with lifecycle.running(folder / "sandbox", a_fleet(), PROMPT) as sandbox:
        bootstrap = Applied(workshop, sandbox, folder / "bootstrap", bootstrap_code())
        succeeds(bootstrap.init())
        succeeds(bootstrap.apply(_entries(sandbox)))
        yield Rehearsal(workshop, sandbox, folder, bootstrap)


STANDALONE = frozenset(
    {
        "lake_queries",
        "log_destination",
        "log_forwarding",
        "onprem_log_source",
        "security_lake",
        "security_lake_subscriber",
        "siem_ingestion",
        "siem_opensearch",
        "siem_opensearch_serverless",
    }
)
"""Off unless they are chosen, and applied in tests/sandbox: forwarding in test_log_forwarding.py,
the lake and its sources in test_security_lake.py, what logs are searched in in test_siem.py.
What asks the lake, lake_queries, has its own tests alone."""


CALLED = {"kms_key", "private_bucket", "queue_with_dead_letters"}
"""Which other modules call."""


def test_every_module_is_in_one_of_the_roots() -> None:
    rehearsed = {name for root in (*EVERYWHERE, *LOCAL, *REST) for name in root.modules}

    assert rehearsed | BOOTSTRAP | STANDALONE | CALLED == {module.name for module in modules()}


def test_the_first_roles_and_the_state_bucket_are_planned_empty(rehearsal: Rehearsal) -> None:
    succeeds(rehearsal.bootstrap.plan(_entries(rehearsal.sandbox)))


def test_whoever_holds_the_reader_role_enters_by_the_plan_role_alone(rehearsal: Rehearsal) -> None:
    reader = "orchestrator-reader"
    s3 = rehearsal.sandbox.client("s3", MANAGEMENT, reader)
    state = {"Bucket": f"example-terraform-state-{MANAGEMENT}", "Key": "1/x/terraform.tfstate"}

    assert session(rehearsal.sandbox, MEMBER, "orchestrator-plan", reader)
    for role in ("orchestrator-apply", "OrganizationAccountAccessRole"):
        assert _denied(lambda role=role: session(rehearsal.sandbox, MEMBER, role, reader)), role
    for write in (s3.put_object, s3.delete_object):
        assert _denied(write, **state)


def test_the_roles_of_the_ci_let_in_nobody_who_has_no_token(rehearsal: Rehearsal) -> None:
    administrator = rehearsal.sandbox.client("sts")
    for kind in ("apply", "plan"):
        arn = f"arn:aws:iam::{MANAGEMENT}:role/orchestrator-ci-{kind}"
        assert _denied(administrator.assume_role, RoleArn=arn, RoleSessionName="by-hand"), kind


@pytest.mark.parametrize(
    ("role", "subject", "issuer"),
    [
        ("plan", "repo:example/accounts:pull_request", GITHUB),
        ("plan", "repo:example/accounts:ref:refs/heads/main", GITHUB),
        ("apply", "repo:example/accounts:environment:production", GITHUB),
        ("plan", "project_path:example/platform/accounts:ref_type:branch:ref:topic", GITLAB),
        ("apply", "project_path:example/platform/accounts:ref_type:branch:ref:main", GITLAB),
    ],
)
def test_a_job_of_the_ci_starts_the_orchestrator_and_does_nothing_else(
    rehearsal: Rehearsal, role: str, subject: str, issuer: str
) -> None:
    sandbox, kinds = rehearsal.sandbox, {"plan": "reader", "apply": "runner"}
    keys = job(sandbox, f"orchestrator-ci-{role}", a_token(subject, issuer))["Credentials"]
    sts, iam = (with_keys(sandbox, service, keys) for service in ("sts", "iam"))

    for kind, start in kinds.items():
        wish = {"RoleArn": f"{IAM}:role/orchestrator-{start}", "RoleSessionName": "job"}
        assert _denied(sts.assume_role, **wish) is (kind != role), start
    assert _denied(iam.list_roles)


@pytest.mark.parametrize(
    ("role", "subject", "issuer"),
    [
        ("apply", "repo:example/accounts:pull_request", GITHUB),
        ("apply", "repo:example/accounts:ref:refs/heads/main", GITHUB),
        ("plan", "repo:example/accounts:ref:refs/heads/topic", GITHUB),
        ("plan", "repo:example/others:pull_request", GITHUB),
        ("plan", "project_path:example/platform/accounts-2:ref_type:branch:ref:main", GITLAB),
        ("apply", "project_path:example/platform/accounts:ref_type:branch:ref:topic", GITLAB),
        ("apply", "project_path:example/platform/accounts:ref_type:tag:ref:main", GITLAB),
    ],
)
def test_a_job_of_another_kind_is_not_let_in(
    rehearsal: Rehearsal, role: str, subject: str, issuer: str
) -> None:
    token = a_token(subject, issuer)

    assert _denied(lambda: job(rehearsal.sandbox, f"orchestrator-ci-{role}", token))


def job(sandbox: Sandbox, role: str, token: str) -> Any:
    """What STS says to a job that wants to be the role."""
    session: Any = boto3.Session()
    proxies = {"http": sandbox.environment["HTTP_PROXY"]}
    sts = session.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=sandbox.environment["AWS_ENDPOINT_URL"],
        config=Config(signature_version=UNSIGNED, proxies=proxies),
    )
    return sts.assume_role_with_web_identity(
        RoleArn=f"{IAM}:role/{role}", RoleSessionName="job", WebIdentityToken=token
    )


def test_whoever_holds_the_apply_role_makes_no_role_that_is_more_than_the_boundary(
    rehearsal: Rehearsal,
) -> None:
    entered = session(rehearsal.sandbox, SECURITY, "orchestrator-apply")
    iam = rehearsal.sandbox.made(entered, "iam")
    boundary = f"arn:aws:iam::{SECURITY}:policy/orchestrator-boundary"
    another = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    role = {"RoleName": "orchestrator-events-mine", "AssumeRolePolicyDocument": TRUST}

    for refused, arguments in (
        (iam.create_role, role),
        (
            iam.create_role,
            {**role, "PermissionsBoundary": another},
        ),
        (iam.create_role, {**role, "RoleName": "mine", "PermissionsBoundary": boundary}),
        (iam.set_default_policy_version, {"PolicyArn": boundary, "VersionId": "v1"}),
        (iam.create_policy_version, {"PolicyArn": boundary, "PolicyDocument": TRUST}),
    ):
        assert _denied(refused, **arguments), arguments
    iam.create_role(**role, PermissionsBoundary=boundary)
    assert _denied(iam.delete_role_permissions_boundary, RoleName=role["RoleName"])
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="all", PolicyDocument=EVERYTHING)
    iam.delete_role_policy(RoleName=role["RoleName"], PolicyName="all")
    iam.delete_role(RoleName=role["RoleName"])


def test_the_state_bucket_is_not_destroyed(rehearsal: Rehearsal) -> None:
    ran = rehearsal.bootstrap.destroy(_entries(rehearsal.sandbox))

    assert ran.code == 1
    assert ran.stderr.count("Error: Instance cannot be destroyed") == 2


def test_modules_converge_and_are_destroyed_with_the_roles_made_for_them(
    rehearsal: Rehearsal,
) -> None:
    applied = [(root, _applied(rehearsal, root)) for root in EVERYWHERE]
    for mode in (LOCAL, REST):
        _destroy(rehearsal, [(root, _applied(rehearsal, root)) for root in mode])

    organization = dict(applied)[ACCESS]
    succeeds(organization.forget("module.organization_access.aws_organizations_organization.this"))
    _destroy(rehearsal, applied[1:])
    _destroy_archive(rehearsal, applied[0][1])


def test_the_first_roles_and_the_state_bucket_can_be_ended_on_purpose(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.bootstrap.unguard("state_backend")

    succeeds(rehearsal.bootstrap.destroy(_entries(rehearsal.sandbox)))


def _applied(rehearsal: Rehearsal, root: AccountRoot) -> Applied:
    """Apply with the apply role; the plan role then sees nothing left to do."""
    applied = rehearsal.root(root)
    succeeds(applied.init())
    succeeds(applied.apply(rehearsal.keys(root, "orchestrator-apply")))
    succeeds(applied.plan(rehearsal.keys(root, "orchestrator-plan")))
    return applied


def _destroy(rehearsal: Rehearsal, applied: list[tuple[AccountRoot, Applied]]) -> None:
    for root, one in reversed(applied):
        if root is ROUTER:
            one.unguard("finding_router")
            succeeds(one.apply(rehearsal.keys(root, "orchestrator-apply")))
        # The organization's trail is not the apply role's to end.
        of_trail = "organization_trail" in root.modules
        keys = (
            _entries(rehearsal.sandbox) if of_trail else rehearsal.keys(root, "orchestrator-apply")
        )
        succeeds(one.destroy(keys))


def _destroy_archive(rehearsal: Rehearsal, archive: Applied) -> None:
    """S3 keeps the buckets in which the very requests of the destroying are on record."""
    ran = archive.destroy(rehearsal.keys(ARCHIVE, "orchestrator-apply"))
    if ran.code:
        assert "BucketNotEmpty" in ran.stderr, ran.stderr
        for name in ("example-logs-access", "example-logs-cloudtrail"):
            rehearsal.empty(name)
        succeeds(archive.destroy(rehearsal.keys(ARCHIVE, "orchestrator-apply")))


def _denied(call: Callable[..., object], **arguments: str) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


def _entries(sandbox: Sandbox) -> dict[str, str]:
    return {account: entry_keys(sandbox, account) for account in ACCOUNTS}


def succeeds(ran: Completed) -> None:
    """Terraform ended with 0: for a plan that means that it is empty."""
    assert ran.code == 0, f"{' '.join(ran.argv)}\n{ran.stdout[-4000:]}\n{ran.stderr}"
