"""From a security group open to the world to a fix, a record and a message, all of it for real.

Terraform deploys the way; EventBridge, the queue and the function are the sandbox's, the function
is the zip that was deployed, in a process of its own, held to its role's policies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import until
from tests.sandbox.desk import Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]

SECURITY, MEMBER, REGION = "200000000002", "200000000010", "ap-northeast-1"
CONTROL, FUNCTION = "EC2.13", "orchestrator-findings"
PATIENCE = 120.0
"""Seconds; on an idle machine it takes ten."""
SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "just for today"}],
}
EXCEPTION = f"""
  training-hosts:
    control: {CONTROL}
    accounts: [orders-dev]
    tags: {{ purpose: training }}
    owner: orders
    reason: Trainees have no fixed addresses; the hosts hold nothing and end each evening.
    ticket: SEC-1311
    expires: 2027-05-31
"""


@dataclass(frozen=True)
class World:
    """The organization rolled out, with remediation."""

    workspace: Workspace
    sandbox: Sandbox

    @property
    def ec2(self) -> Any:
        return self.sandbox.client("ec2", MEMBER)

    def open_group(self, name: str, **tags: str) -> str:
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        tagged = [{"ResourceType": "security-group", "Tags": listed}] if listed else []
        made = self.ec2.create_security_group(
            GroupName=name, Description=name, VpcId=vpc, TagSpecifications=tagged
        )
        group: str = made["GroupId"]
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[SSH])
        return group

    def is_open(self, group: str) -> bool:
        found = self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return bool(found["IpPermissions"])

    def scan(self) -> dict[str, Any]:
        said = self.workspace.done("sandbox", "scan", "--account", "orders-dev", "--json")
        (account,) = json.loads(said)["accounts"]
        found: dict[str, Any] = account
        return found

    def finding(self, group: str) -> Any:
        """As the administrator of Security Hub sees it."""
        filters = {
            "ComplianceSecurityControlId": [{"Value": CONTROL, "Comparison": "EQUALS"}],
            "ResourceId": [{"Value": arn(group), "Comparison": "EQUALS"}],
        }
        hub = self.sandbox.client("securityhub", SECURITY)
        (found,) = hub.get_findings(Filters=filters)["Findings"]
        return found

    def logged(self) -> list[dict[str, Any]]:
        """What the function has said."""
        logs = self.sandbox.client("logs", SECURITY)
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{FUNCTION}")["events"]
        return [json.loads(e["message"]) for e in events if e["message"].startswith("{")]

    def words(self, group: str) -> list[str]:
        """What became of the control's finding about a group, one word each time it came."""
        about = [line for line in self.logged() if line.get("resource") == arn(group)]
        return [line["word"] for line in about if line["control"] == CONTROL]

    def told(self, group: str) -> list[str]:
        """The mails to the team about the control and a group."""
        mails = [m["texts"]["email"] for m in self.sandbox.messages() if CONTROL in m["subject"]]
        return [mail for mail in mails if group in mail]

    def refused(self) -> list[str]:
        """What the function and the member's role were denied."""
        entries = journal.read(self.sandbox.home, journal.Filter(errors=True))
        ours = ("role/orchestrator-findings", "role/orchestrator-remediation")
        return [
            journal.line(entry)
            for entry in entries
            if str(entry["role"]).endswith(ours) and "Denied" in str(entry["error"])
        ]

    def dead_letters(self) -> int:
        sqs = self.sandbox.client("sqs", SECURITY)
        url = sqs.get_queue_url(QueueName="orchestrator-findings-dead")["QueueUrl"]
        shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(shown["ApproximateNumberOfMessages"])


def arn(group: str) -> str:
    return f"arn:aws:ec2:{REGION}:{MEMBER}:security-group/{group}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    workspace = a_desk(tmp_path_factory.mktemp("remediation"))
    _decide(workspace.project / "account_configs")
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.done(
            "--sandbox", "apply", "management", "security", "log-archive", "orders-dev", "--yes"
        )
        home = workspace.work / ".sandbox"
        state = lifecycle.status(home)
        assert state is not None
        yield World(workspace, Sandbox(state.port, state.environment, home))
    finally:
        workspace.run("sandbox", "stop")


def _decide(configs: Path) -> None:
    organization = configs / "organization.yaml"
    text = organization.read_text("utf-8")
    organization.write_text(text.replace("    enabled: false ", "    enabled: true "), "utf-8")
    exceptions = configs / "exceptions.yaml"
    exceptions.write_text(exceptions.read_text("utf-8") + EXCEPTION, "utf-8")


def test_an_open_group_is_found_fixed_resolved_recorded_and_told(world: World) -> None:
    group = world.open_group("left-open")

    found = world.scan()

    assert f"{CONTROL} {arn(group)}" in found["failed"]
    assert found["problems"] == []
    until(
        lambda: world.finding(group)["Workflow"]["Status"] == "RESOLVED",
        "it is not resolved",
        PATIENCE,
    )
    assert not world.is_open(group)
    assert world.finding(group)["Note"]["UpdatedBy"] == "orchestrator"
    until(lambda: bool(world.told(group)), "nobody was told", PATIENCE)
    (mail,) = world.told(group)
    who = "sandbox (role OrganizationAccountAccessRole): AuthorizeSecurityGroupIngress"
    assert f"Last changed by: {who}" in mail.splitlines()
    assert f"{CONTROL} {arn(group)}" in world.scan()["passed"]
    assert world.dead_letters() == 0
    assert world.refused() == []


def test_the_change_was_made_by_the_members_role_and_the_state_before_is_kept(world: World) -> None:
    wanted = journal.Filter(MEMBER, "ec2:RevokeSecurityGroupIngress")
    (revoked, *_) = journal.read(world.sandbox.home, wanted)

    assert str(revoked["role"]) == f"arn:aws:iam::{MEMBER}:role/orchestrator-remediation"
    s3 = world.sandbox.client("s3", SECURITY)
    bucket = f"orchestrator-remediation-{SECURITY}"
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    kept = [s3.get_object(Bucket=bucket, Key=key) for key in keys]
    assert {each["ServerSideEncryption"] for each in kept} == {"aws:kms"}
    assert any("just for today" in each["Body"].read().decode() for each in kept)


def test_an_exception_for_a_tag_leaves_the_group_open_and_the_team_alone(world: World) -> None:
    group = world.open_group("for-trainees", purpose="training")

    world.scan()

    until(lambda: "ignore" in world.words(group), "the function has not seen it", PATIENCE)
    assert world.is_open(group)
    assert world.finding(group)["Workflow"]["Status"] == "NEW"
    assert world.told(group) == []


def test_the_switch_stops_fixes_and_neither_apply_nor_drift_turns_it_on_again(world: World) -> None:
    ssm = world.sandbox.client("ssm", SECURITY)
    ssm.put_parameter(Name="/orchestrator/remediation/switch", Value="off", Overwrite=True)
    group = world.open_group("while-stopped")

    world.scan()

    until(lambda: bool(world.told(group)), "nobody was told", PATIENCE)
    assert world.is_open(group)
    planned = world.workspace.document("plan", "security and stack:security")
    assert [stack["outcome"] for stack in planned["stacks"]] == ["unchanged"]
    drifted = world.workspace.document("drift", "security and stack:security")
    assert [stack["outcome"] for stack in drifted["stacks"]] == ["in sync"]


def test_a_tick_of_the_schedule_reaches_the_function(world: World) -> None:
    def ticks() -> int:
        return sum("digests" in line for line in world.logged())

    before = ticks()
    world.sandbox.tick()

    until(lambda: ticks() > before, "the function was not called", PATIENCE)


def test_who_opened_a_group_is_named_from_the_finding_alone(world: World) -> None:
    group = world.open_group("opened-by-somebody")
    world.scan()
    world.sandbox.deliver()

    found = world.workspace.document("investigate", world.finding(group)["Id"])

    root_cause = found["culprit"]
    assert (root_cause["call"], root_cause["who"]["name"]) == (
        "AuthorizeSecurityGroupIngress",
        "administrator",
    )
    assert found["certainty"] == "known"
    assert group in found["title"] + json.dumps(found["resources"])
