"""A first look at an organization: two commands from an empty folder, and no write."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import ROOT
from tests.sandbox.fleets import PROMPT, a_fleet

MANAGEMENT, REGION = "200000000001", "ap-northeast-1"
ENTRY = "OrganizationAccountAccessRole"
READS = re.compile(r"(Get|List|Describe|BatchGet)[A-Z]|AssumeRole$")


@dataclass(frozen=True, slots=True)
class Surveying:
    """A folder that was empty, an organization, and keys of a role that may only read."""

    folder: Path
    sandbox: Sandbox
    keys: Mapping[str, str]
    """Of the role with the policy that `survey --policy` prints."""

    def run(self, *words: str, **keys: str) -> subprocess.CompletedProcess[str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=self.folder,
            env={**own, **self.sandbox.environment, **(keys or self.keys), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    def found(self, *words: str) -> Any:
        ended = self.run("survey", "--region", REGION, *words, "--format", "json")
        assert ended.returncode in (0, 7), ended.stdout + ended.stderr
        return json.loads(ended.stdout)

    def asked(self) -> list[str]:
        """What the role has asked, of any service and in any account."""
        entries = journal.read(self.sandbox.home)
        return [
            f"{entry['service']}:{entry['operation']}"
            for entry in entries
            if re.search("surveyor|orchestrator-survey", str(entry["principal"]))
        ]


def keys_of(sandbox: Sandbox, name: str, *statements: Mapping[str, Any]) -> dict[str, str]:
    """Of a role in the management account that may do this and nothing else."""
    iam = sandbox.client("iam", MANAGEMENT)
    principal = {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]
    if statements:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=name, PolicyName="reads", PolicyDocument=json.dumps(policy))
    found = sandbox.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="job")
    keys = found["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.fixture(scope="module")
def surveying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surveying]:
    folder, home = (tmp_path_factory.mktemp(name) for name in ("empty", "aws"))
    running = lifecycle.start(home / ".sandbox", a_fleet(), PROMPT)
    sandbox = Sandbox(running.port, running.environment, home / ".sandbox")
    try:
        hub = sandbox.client("securityhub", MANAGEMENT, region=REGION)
        hub.enable_security_hub(EnableDefaultStandards=True)
        ec2 = sandbox.client("ec2", MANAGEMENT, region=REGION)
        group = ec2.create_security_group(GroupName="open", Description="open")["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        )
        printed = subprocess.run(
            [sys.executable, "-m", "orchestrator", "survey", "--policy"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        enters = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": f"arn:aws:iam::*:role/{ENTRY}",
        }
        keys = keys_of(sandbox, "surveyor", *json.loads(printed)["Statement"], enters)
        yield Surveying(folder, sandbox, keys)
    finally:
        lifecycle.stop(home / ".sandbox")


def test_an_organization_is_seen_with_reading_credentials_alone(surveying: Surveying) -> None:
    found = surveying.found("--role", ENTRY)

    assert (found["organization"], len(found["accounts"])) == ("o-exampleorg1", 12)
    assert all(account["looked_into"] for account in found["accounts"])
    assert {"Workloads/Prod", "Security"} <= {account["ou"] for account in found["accounts"]}
    hubs = {
        each["account"]: (each["state"], each["note"])
        for each in found["services"]
        if each["service"] == "Security Hub CSPM"
    }
    assert hubs[MANAGEMENT][0] == "on"
    assert "aws-foundational-security-best-practices" in hubs[MANAGEMENT][1]
    assert {state for account, (state, _) in hubs.items() if account != MANAGEMENT} == {"off"}
    assert not [each for each in found["unread"] if "is not authorized" in each["why"]]


def test_nothing_is_written_neither_in_aws_nor_on_this_machine(surveying: Surveying) -> None:
    surveying.found("--role", ENTRY)

    asked = surveying.asked()
    assert len(asked) > 100
    assert [call for call in asked if not READS.match(call.partition(":")[2])] == []
    assert list(surveying.folder.iterdir()) == []


def test_credentials_that_may_nothing_see_nothing_and_say_so(surveying: Surveying) -> None:
    keys = keys_of(surveying.sandbox, "nobody")

    ended = surveying.run("survey", "--region", REGION, "--format", "json", **keys)

    found = json.loads(ended.stdout)
    assert ended.returncode == 7
    assert {each["state"] for each in found["services"]} == {"unknown"}
    assert found["mode"] is None
    assert {"securityhub:GetFindings", "organizations:DescribeOrganization"} <= {
        each["call"] for each in found["unread"]
    }
    text = surveying.run("survey", "--region", REGION, **keys).stdout
    assert "they could not be read everywhere" in text
    assert "orchestrator survey --policy" in text


def test_what_fails_is_told_with_what_could_be_done_about_it(surveying: Surveying) -> None:
    work = str(surveying.sandbox.home.parent)
    scanned = surveying.run("--work", work, "sandbox", "scan", "--account", MANAGEMENT)
    assert scanned.returncode == 0, scanned.stdout + scanned.stderr

    rows = {row["control"]: row for row in surveying.found()["findings"]["by_control"]}

    assert (rows["EC2.13"]["fix"], rows["EC2.13"]["severity"]) == ("disruptive", "high")
    hub = surveying.sandbox.client("securityhub", MANAGEMENT, region=REGION)
    named = {"ProductName": [{"Value": "Security Hub", "Comparison": "EQUALS"}]}
    assert hub.get_findings(Filters=named)["Findings"]
