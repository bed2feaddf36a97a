"""What rules detect is imported into the account's own Security Hub, by a role of its own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.cloudtrail import Record, document, iam_user, record
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.fleets import HOME_REGION, PAYMENTS_DEV, SECURITY
from tests.sandbox.test_listen import a_bucket_for_config, a_role_for_findings

pytestmark = [pytest.mark.terraform, pytest.mark.long]

MEMBER = "payments-dev"
STRANGER = "999999999999"
DAY = ("--from", "2026-03-01", "--to", "2026-03-02")
SETTING = "  log_archive:\n"


@dataclass(frozen=True, slots=True)
class Detecting:
    """A company with one account applied, and logs in which a trail was stopped twice."""

    workspace: Workspace
    sandbox: Sandbox
    lake: Path

    def detect(self, *words: str, code: ExitCode = ExitCode.DONE) -> Any:
        return self.workspace.document(
            "detect", "--lake", str(self.lake), *DAY, *words, code=int(code)
        )

    def findings(self, account: str) -> list[dict[str, Any]]:
        hub = self.sandbox.client("securityhub", account, region=HOME_REGION)
        return list(hub.get_findings()["Findings"])


def stopped(account: str, who: str) -> Record:
    return record(
        "StopLogging",
        "cloudtrail.amazonaws.com",
        eventID=f"{account}-{who}",
        recipientAccountId=account,
        userIdentity={**iam_user(who), "accountId": account},
        requestParameters={"name": "all"},
    )


@pytest.fixture(scope="module")
def detecting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Detecting]:
    folder = tmp_path_factory.mktemp("detect")
    workspace = a_desk(folder)
    file = workspace.project / "account_configs" / "organization.yaml"
    text = file.read_text("utf-8")
    assert text.count(SETTING) == 1
    file.write_text(text.replace(SETTING, f"  logs:\n    detections: true\n{SETTING}"), "utf-8")
    events = [stopped(PAYMENTS_DEV, "mallory"), stopped(STRANGER, "mallory")]
    (folder / "logs").mkdir()
    lines = gzip.compress(document([json.dumps(each) for each in events]))
    (folder / "logs/x.json.gz").write_bytes(lines)
    workspace.done("logs", "ingest", str(folder / "logs"), "--lake", str(folder / "lake"))
    workspace.done("sandbox", "start")
    try:
        running = lifecycle.status(workspace.work / ".sandbox")
        assert running
        sandbox = Sandbox(running.port, running.environment, workspace.work / ".sandbox")
        a_bucket_for_config(sandbox)
        a_role_for_findings(sandbox)
        workspace.done("--sandbox", "bootstrap", "--yes")
        applied = workspace.run("--sandbox", "apply", MEMBER, "--yes")
        # Without the foundations nobody turns Security Hub on, which is what verify finds missing.
        assert applied.returncode in (0, ExitCode.INCOMPLETE), applied.stdout + applied.stderr
        sandbox.client("securityhub", PAYMENTS_DEV, region=HOME_REGION).enable_security_hub()
        yield Detecting(workspace, sandbox, folder / "lake")
    finally:
        workspace.run("sandbox", "stop")


def test_each_account_is_told_of_its_own_and_what_was_not_taken_is_said(
    detecting: Detecting,
) -> None:
    told = detecting.detect("--send", code=ExitCode.INCOMPLETE)

    taken = {each["account"]: each["taken"] for each in told["imported"]}
    assert taken == {PAYMENTS_DEV: 1, STRANGER: 0}
    (why,) = [text for each in told["imported"] for text in each["refused"].values()]
    assert "orchestrator-detect" in why
    (finding,) = detecting.findings(PAYMENTS_DEV)
    assert finding["AwsAccountId"] == PAYMENTS_DEV
    assert finding["ProductFields"]["orchestrator/rule_file"].endswith("trail-stopped.yml")
    assert "mallory" in finding["Title"]


def test_what_is_detected_again_is_the_same_finding(detecting: Detecting) -> None:
    detecting.detect("--send", code=ExitCode.INCOMPLETE)
    detecting.detect("--send", code=ExitCode.INCOMPLETE)

    assert len(detecting.findings(PAYMENTS_DEV)) == 1


def test_the_role_that_imports_may_do_nothing_else_and_for_no_other_account(
    detecting: Detecting,
) -> None:
    hub = _as(detecting.sandbox, f"arn:aws:iam::{PAYMENTS_DEV}:role/orchestrator-detect")
    (finding,) = detecting.findings(PAYMENTS_DEV)
    own = {name: finding[name] for name in finding if name not in ("Region", "CompanyName")}

    assert hub.batch_import_findings(Findings=[own])["SuccessCount"] == 1
    other = {
        **own,
        "AwsAccountId": SECURITY,
        "ProductArn": f"arn:aws:securityhub:{HOME_REGION}:{SECURITY}:product/{SECURITY}/default",
    }
    refused = _refused(hub.batch_import_findings, Findings=[other])
    assert refused
    assert _refused(hub.get_findings) == "AccessDeniedException"
    assert _refused(hub.disable_security_hub) == "AccessDeniedException"


def test_the_reader_sends_nothing(detecting: Detecting) -> None:
    lake = ("--lake", str(detecting.lake), *DAY, "--send")
    ended = detecting.workspace.run("--sandbox", "--reader", "detect", *lake)

    assert ended.returncode == ExitCode.CONFIGURATION
    assert "only reads" in ended.stderr


def _as(sandbox: Sandbox, role: str) -> Any:
    """Security Hub as that role sees it, by the way the orchestrator takes."""
    runner = "arn:aws:iam::200000000001:role/orchestrator-runner"
    first = sandbox.client("sts").assume_role(RoleArn=runner, RoleSessionName="test")["Credentials"]
    external = {"ExternalId": "example-orchestrator"}
    keys = _client(sandbox, "sts", first).assume_role(
        RoleArn=role, RoleSessionName="test", **external
    )["Credentials"]
    return _client(sandbox, "securityhub", keys)


def _client(sandbox: Sandbox, service: str, keys: Mapping[str, Any]) -> Any:
    return sandbox.made(
        boto3.Session(),
        service,
        HOME_REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def _refused(call: Any, **parameters: object) -> str:
    try:
        answer = call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "" if not answer.get("FailedCount") else str(answer["FailedFindings"][0]["ErrorCode"])
