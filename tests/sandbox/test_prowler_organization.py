"""Prowler over the sample organization after `apply all`: what it finds still, and why it may.

The management account, the security account, the log archive and a team's account: every stack is
in one of them. Asked is every check of the services that `modules/` deploys.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox import prowler
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.outside import Judgement
from tests.sandbox.prowler_answers import ANSWERED, ONLY

pytestmark = [pytest.mark.apart, pytest.mark.terraform]

REGIONS = ("ap-northeast-1", "us-east-1")
MANAGEMENT = "200000000001"
ACCOUNTS: Mapping[str, str] = {
    MANAGEMENT: "management",
    "200000000002": "security",
    "200000000003": "log-archive",
    "200000000006": "payments-prod",
}
SERVICES = (
    *("accessanalyzer", "account", "awslambda", "cloudtrail", "cloudwatch", "config", "dynamodb"),
    *("ec2", "eventbridge", "guardduty", "iam", "kms", "organizations", "s3", "securityhub"),
    *("sns", "sqs", "stepfunctions", "vpc"),
)
ABROAD = ("ec2_elastic_ip_shodan", "awslambda_function_no_secrets_in_code")
"""One asks another company, the other fetches code from an address that nobody serves here."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """The checks that fail, and the resources of each, by the account's name."""
    home = tmp_path_factory.mktemp("organization")
    workspace = a_desk(home)
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.done("--sandbox", "apply", "all", "--yes")
        yield _judged(workspace, home)
    finally:
        workspace.run("sandbox", "stop")


def _judged(workspace: Workspace, home: Path) -> dict[str, set[str]]:
    running = lifecycle.status(workspace.work / ".sandbox")
    assert running
    sandbox = Sandbox(running.port, running.environment, workspace.work)
    failing: dict[str, set[str]] = {}
    for account, name in ACCOUNTS.items():
        for each in _of(sandbox, account, home / name):
            if each.status == "FAIL":
                failing.setdefault(each.check, set()).add(f"{name} {each.resource}: {each.words}")
    return failing


def _of(sandbox: Sandbox, account: str, into: Path) -> tuple[Judgement, ...]:
    keys = sandbox.session(None if account == MANAGEMENT else account)
    what = ("--service", *SERVICES, "--excluded-checks", *ABROAD)
    return prowler.judge(sandbox, keys, REGIONS, what, into)


def test_what_prowler_finds_in_the_organization_is_answered(found: dict[str, set[str]]) -> None:
    for check, rows in sorted(found.items()):
        answer = ANSWERED.get(check, "NOT ANSWERED")
        sys.stdout.write(f"\n{check}: {answer}\n")
        sys.stdout.writelines(f"  {row}\n" for row in sorted(rows)[:6])

    assert set(found) == set(ANSWERED)
    unanswered = {
        row
        for check, names in ONLY.items()
        for row in found[check]
        if not any(name in row for name in names)
    }
    assert unanswered == set()
