"""The first organization as the guide tells it, with what real organizations have in them.

Ids that begin with zeros, odd names of OUs and accounts, a recorder of Control Tower, an SCP, an
account that is closed on the way.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import Fleet, FleetAccount, FleetUnit
from tests.sandbox.calls import error_of
from tests.sandbox.desk import Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]

HOME, OTHER = "ap-northeast-1", "us-east-1"
ROOT, ORGANIZATION = "r-odd1", "o-oddexample"
MANAGEMENT, SECURITY, LOG_ARCHIVE = "098765432109", "075407843099", "000000000089"
RESEARCH, CONTROLLED, CLOSED = "012345678901", "089999999999", "008008008008"
UNITS = (
    FleetUnit("ou-odd1-security", "Security", ROOT),
    FleetUnit("ou-odd1-research", "R/D: 'new' & #1", ROOT),
    FleetUnit("ou-odd1-norwegia", "no", "ou-odd1-research"),
)
ACCOUNTS = (
    FleetAccount(MANAGEMENT, "Example Corp", "root@example.com", ROOT),
    FleetAccount(SECURITY, "security", "aws+security@example.com", "ou-odd1-security"),
    FleetAccount(LOG_ARCHIVE, "log-archive", "aws+logs@example.com", "ou-odd1-security"),
    FleetAccount(RESEARCH, "1e3", "o'hara+r&d@example.com", "ou-odd1-norwegia"),
    FleetAccount(CONTROLLED, "Enrolled (Control Tower)", "e@example.com", "ou-odd1-research"),
    FleetAccount(CLOSED, "true", "true@example.com", "ou-odd1-norwegia"),
)
FLEET = Fleet(ORGANIZATION, ROOT, MANAGEMENT, HOME, UNITS, ACCOUNTS)
SCP = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*", "organizations:*", "s3:*", "kms:*", "account:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [HOME, OTHER]}},
        },
    ],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = a_desk(tmp_path_factory.mktemp("odd"))
    with lifecycle.running(workspace.work / ".sandbox", FLEET) as sandbox:
        _bind(sandbox)
        _enroll(sandbox)
        yield workspace


def _bind(sandbox: Sandbox) -> None:
    """An SCP for everybody, as most organizations have one."""
    organizations = sandbox.client("organizations")
    organizations.enable_policy_type(RootId=ROOT, PolicyType="SERVICE_CONTROL_POLICY")
    made = organizations.create_policy(
        Name="regions", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(SCP)
    )
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=ROOT)


def _enroll(sandbox: Sandbox) -> None:
    """A recorder such as Control Tower's."""
    session = sandbox.session(CONTROLLED)
    sandbox.made(session, "iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    role = f"arn:aws:iam::{CONTROLLED}:role/aws-service-role/config.amazonaws.com"
    for region in (HOME, OTHER):
        sandbox.made(session, "config", region).put_configuration_recorder(
            ConfigurationRecorder={
                "name": "aws-controltower-BaselineConfigRecorder",
                "roleARN": f"{role}/AWSServiceRoleForConfig",
                "recordingGroup": {"allSupported": True},
            }
        )


def sandbox_of(workspace: Workspace) -> Sandbox:
    running = lifecycle.status(workspace.work / ".sandbox")
    assert running
    return Sandbox(running.port, running.environment, workspace.work)


def outcomes(document: Mapping[str, Any]) -> dict[str, str]:
    return {f"{each['account']}/{each['stack']}": each["outcome"] for each in document["stacks"]}


def test_init_describes_it_and_validate_takes_what_init_wrote(workspace: Workspace) -> None:
    configs, new = workspace.project / "account_configs", workspace.project / "new"
    words = ("--name", "Example", "--home-region", HOME, "--region", OTHER)
    special = ("--security", "security", "--log-archive", "log-archive")
    email = ("--team-email", "security@example.com")
    workspace.done("--sandbox", "init", "--to", str(new), *words, *special, *email)
    shutil.rmtree(configs)
    new.rename(configs)

    said = workspace.done("validate")

    assert "6 accounts, 3 OUs" in said
    listed = json.loads(workspace.done("list", "all", "--json"))
    assert {each["id"] for each in listed["accounts"]} == {account.id for account in ACCOUNTS}


def test_the_foundations_are_applied(workspace: Workspace) -> None:
    workspace.done("--sandbox", "bootstrap", "--yes")

    workspace.done("--sandbox", "apply", "log-archive", "example-corp", "security", "--yes")

    planned = workspace.document("plan", "log-archive", "example-corp", "security")
    assert set(outcomes(planned).values()) == {"unchanged"}


def test_every_state_is_encrypted_with_the_key_of_states(workspace: Workspace) -> None:
    aws = sandbox_of(workspace)
    kms, s3 = aws.client("kms"), aws.client("s3")
    (name,) = (each["Name"] for each in s3.list_buckets()["Buckets"] if "state" in each["Name"])
    key = kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["Arn"]
    listed = [each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]]
    heads = {each: s3.head_object(Bucket=name, Key=each) for each in listed}

    assert any(each.endswith("/terraform.tfstate") for each in listed)
    assert {each: head.get("SSEKMSKeyId") for each, head in heads.items()} == dict.fromkeys(
        listed, key
    )
    refused = error_of(
        s3.put_object, Bucket=name, Key="other", Body=b"", ServerSideEncryption="AES256"
    )
    assert refused == ("AccessDenied", 403)


def test_what_control_tower_records_is_left_to_it_and_a_closed_account_is_left_out(
    workspace: Workspace,
) -> None:
    aws = sandbox_of(workspace)
    aws.client("organizations").close_account(AccountId=CLOSED)
    (file,) = (workspace.project / "account_configs").rglob("enrolled*.yaml")
    text = file.read_text("utf-8")
    file.write_text(f"{text}config_recorder:\n  enabled: false\n", "utf-8")

    applied = workspace.document("apply", "all", "--yes", "--reason", "first rollout")

    found = outcomes(applied)
    closed = {stack: outcome for stack, outcome in found.items() if stack.startswith("true/")}
    assert set(closed.values()) <= {"closed"}
    others = {outcome for stack, outcome in found.items() if stack not in closed}
    assert others == {"applied"} or others == {"applied", "unchanged"}


def test_afterwards_nothing_drifts(workspace: Workspace) -> None:
    """AWS Organizations says of the closed account that it is closed: that is no drift."""
    drifted = workspace.document("drift", "all", code=0)

    found = {f"{each['account']}/{each['stack']}": each for each in drifted["stacks"]}
    organization = found.pop("example-corp/organization")
    address = "module.organization_access.aws_organizations_organization.this"
    assert organization["outcome"] == "in sync"
    assert organization["checked"]["suppressed"] == [f"{address} (members)"]
    others = {each["outcome"] for name, each in found.items() if not name.startswith("true/")}
    assert others == {"in sync"}
