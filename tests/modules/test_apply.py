"""Every module, applied by the role it will be applied by, in an AWS that enforces IAM policies.

What comes out: the modules converge, destroying them works, and the permissions in
modules/orchestrator_roles are enough for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
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
from tests.sandbox.fleets import a_fleet

pytestmark = [pytest.mark.terraform, pytest.mark.long]

ARCHIVE = AccountRoot(LOG_ARCHIVE, ("log_archive",))
ACCESS = AccountRoot(MANAGEMENT, ("organization_access", "guardduty_admin"))
TRAIL = AccountRoot(MANAGEMENT, ("organization_trail",))
ADMINISTRATORS = AccountRoot(MANAGEMENT, ("guardduty_admin", "security_hub_admin"), OTHER)
HUB = AccountRoot(MEMBER, ("security_hub_account",))
MEMBERS = AccountRoot(SECURITY, ("security_hub_aggregator", "security_hub_members"))
CENTRAL = AccountRoot(
    SECURITY,
    (
        "access_analyzer",
        "config_aggregator",
        "findings_bus",
        "guardduty_organization",
        "security_hub_central",
    ),
)
ROUTER = AccountRoot(SECURITY, ("finding_router", "team_notifications"))
BASELINE = AccountRoot(
    MEMBER, ("account_baseline", "region_baseline", "config_recorder", "remediation_role")
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

BOOTSTRAP = {"state_backend", "orchestrator_runner", "orchestrator_roles"}
EVERYWHERE = (ARCHIVE, ACCESS, TRAIL, ADMINISTRATORS)
LOCAL = (HUB, MEMBERS)
REST = (CENTRAL, ROUTER, BASELINE)
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
    with lifecycle.running(folder / "sandbox", a_fleet()) as sandbox:
        bootstrap = Applied(workshop, sandbox, folder / "bootstrap", bootstrap_code())
        succeeds(bootstrap.init())
        succeeds(bootstrap.apply(_entries(sandbox)))
        yield Rehearsal(workshop, sandbox, folder, bootstrap)


STANDALONE = frozenset(
    {
        "log_destination",
        "log_forwarding",
        "onprem_log_source",
        "security_lake",
        "security_lake_subscriber",
    }
)
"""In no stack: for roots of one's own. The sandbox has neither Security Lake nor account-level
subscriptions, so these have only their own tests."""


def test_every_module_is_in_one_of_the_roots() -> None:
    rehearsed = {name for root in (*EVERYWHERE, *LOCAL, *REST) for name in root.modules}

    assert rehearsed | BOOTSTRAP | STANDALONE == {module.name for module in modules()}


def test_the_first_roles_and_the_state_bucket_are_planned_empty(rehearsal: Rehearsal) -> None:
    succeeds(rehearsal.bootstrap.plan(_entries(rehearsal.sandbox)))


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
        succeeds(one.destroy(rehearsal.keys(root, "orchestrator-apply")))


def _destroy_archive(rehearsal: Rehearsal, archive: Applied) -> None:
    """S3 keeps the bucket that has logged the very requests of the destroying."""
    ran = archive.destroy(rehearsal.keys(ARCHIVE, "orchestrator-apply"))
    if ran.code:
        assert "BucketNotEmpty" in ran.stderr, ran.stderr
        rehearsal.empty("example-logs-access")
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
