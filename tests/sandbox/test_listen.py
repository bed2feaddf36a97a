"""Somebody changes an account by hand, and is named seconds later, with the real Terraform."""

from __future__ import annotations

import json
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.archives import a_bucket_for
from tests.sandbox.desk import Workspace, a_desk
from tests.sandbox.fleets import HOME_REGION, LOG_ARCHIVE, PAYMENTS_DEV, SECURITY
from tests.sandbox.terraform_root import TerraformRoot

pytestmark = [pytest.mark.terraform, pytest.mark.long]

MEMBER = "payments-dev"
PATIENCE = 120.0
ROOT = Path(__file__).parents[2]
QUEUE = f"""
provider "aws" {{
  region  = "{HOME_REGION}"
  profile = "{SECURITY}"
}}

module "drift_queue" {{
  source          = "{ROOT}/modules/drift_queue"
  account_id      = "{SECURITY}"
  organization_id = "o-exampleorg1"
  region          = "{HOME_REGION}"
}}
"""
SHORT = 6


class Ear:
    """What `orchestrator listen` says, line by line, with the time it was said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[tuple[float, str]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, pattern: str) -> tuple[float, list[str]]:
        """When the first line came that fits, and all lines up to it."""
        heard: list[str] = []
        deadline = time.monotonic() + PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            try:
                at, line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            heard.append(line)
            if re.search(pattern, line):
                return at, heard
        raise AssertionError(f"nobody said {pattern!r}\n{''.join(heard)}")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put((time.monotonic(), line))


@contextmanager
def listening(workspace: Workspace, *words: str) -> Iterator[Ear]:
    argv = workspace.argv("--sandbox", "listen", *words)
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        ear = Ear(process)
        ear.until("^listening")
        try:
            yield ear
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


SETTINGS = f"""
drift_events:
  enabled: true
drift:
  reconcile:
    passwords:
      address: module.*.aws_iam_account_password_policy.*
      attributes: ["*"]
      owner: platform-security
      reason: Nobody shortens passwords for good.
      expires: {dates.today() + timedelta(days=90)}
"""


def turned_on(workspace: Workspace) -> None:
    file = workspace.project / "account_configs" / "organization.yaml"
    file.write_text(file.read_text("utf-8") + SETTINGS, "utf-8")


def waiting(sandbox: Sandbox) -> int:
    """Messages that nobody has received yet."""
    sqs = sandbox.client("sqs", SECURITY, region=HOME_REGION)
    url = sqs.get_queue_url(QueueName="orchestrator-drift-events")["QueueUrl"]
    wanted = "ApproximateNumberOfMessages"
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])
    return int(found["Attributes"][wanted])


def a_trail(sandbox: Sandbox) -> None:
    """Of the whole organization: without one EventBridge hears of no call."""
    a_bucket_for(sandbox.client("s3", region="us-east-1"), "trail-of-this-test", "cloudtrail")
    sandbox.client("organizations").enable_aws_service_access(
        ServicePrincipal="cloudtrail.amazonaws.com"
    )
    trail = sandbox.client("cloudtrail", region=HOME_REGION)
    trail.create_trail(
        Name="all",
        S3BucketName="trail-of-this-test",
        IsMultiRegionTrail=True,
        IsOrganizationTrail=True,
    )
    trail.start_logging(Name="all")


def a_bucket_for_config(sandbox: Sandbox) -> None:
    place = {"LocationConstraint": HOME_REGION}
    s3 = sandbox.client("s3", LOG_ARCHIVE, region=HOME_REGION)
    a_bucket_for(s3, "example-logs-config", "config", CreateBucketConfiguration=place)


def a_role_for_findings(sandbox: Sandbox) -> None:
    """An account's remediation role names it in its trust, and IAM wants it to be there."""
    lambda_may = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": "2012-10-17", "Statement": [lambda_may]}
    sandbox.client("iam", SECURITY).create_role(
        RoleName="orchestrator-findings", AssumeRolePolicyDocument=json.dumps(document)
    )


def a_queue(sandbox: Sandbox, folder: Path) -> None:
    """What the security stack makes for it, and nothing else of that stack."""
    made = TerraformRoot(folder, sandbox, QUEUE, profiles={SECURITY: SECURITY})
    assert (said := made.init()), said.output
    assert (said := made.apply()), said.output
    assert (said := made.plan()), said.output


def test_whoever_changes_an_account_by_hand_is_named_and_what_is_safe_is_put_right(
    tmp_path: Path,
) -> None:
    workspace = a_desk(tmp_path)
    turned_on(workspace)
    workspace.done("sandbox", "start")
    try:
        running = lifecycle.status(workspace.work / ".sandbox")
        assert running
        sandbox = Sandbox(running.port, running.environment, workspace.work / ".sandbox")
        a_trail(sandbox)
        a_bucket_for_config(sandbox)
        a_role_for_findings(sandbox)
        a_queue(sandbox, tmp_path / "queue")
        workspace.done("--sandbox", "bootstrap", "--yes")
        applied = workspace.run("--sandbox", "apply", MEMBER, "--yes")
        # Without the foundations nobody turns Security Hub on, which is what verify finds missing.
        assert applied.returncode in (0, ExitCode.INCOMPLETE), applied.stdout + applied.stderr
        _is_named(workspace, sandbox)
        _is_put_right(workspace, sandbox)
    finally:
        workspace.run("sandbox", "stop")


def _is_named(workspace: Workspace, sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", PAYMENTS_DEV, region=HOME_REGION)
    iam = sandbox.client("iam", PAYMENTS_DEV)
    with listening(workspace) as ear:
        ec2.disable_ebs_encryption_by_default()
        ear.until("^  .*DisableEbsEncryptionByDefault by")
        ec2.enable_ebs_encryption_by_default()
        ear.until("in sync")

        began = time.monotonic()
        iam.update_account_password_policy(MinimumPasswordLength=SHORT)
        at, said = ear.until("^  .*UpdateAccountPasswordPolicy by")
        print(f"\nfrom the change to the message: {at - began:.1f} s\n{''.join(said)}")  # noqa: T201
    assert ear.process.returncode == 4
    assert waiting(sandbox) == 0


def _is_put_right(workspace: Workspace, sandbox: Sandbox) -> None:
    """The password policy is declared safe; encryption is not, and holds the account back."""
    ec2 = sandbox.client("ec2", PAYMENTS_DEV, region=HOME_REGION)
    iam = sandbox.client("iam", PAYMENTS_DEV)
    reconcile = ("--sandbox", "drift", MEMBER, "--reconcile")

    ec2.disable_ebs_encryption_by_default()
    held = workspace.run(*reconcile)
    assert held.returncode == ExitCode.DRIFT, held.stdout + held.stderr
    assert "not declared safe: module.region_baseline" in held.stderr
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == SHORT

    ec2.enable_ebs_encryption_by_default()
    done = workspace.run(*reconcile)
    assert done.returncode in (0, ExitCode.INCOMPLETE), done.stdout + done.stderr
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] > SHORT
    assert "in sync" in workspace.done("--sandbox", "drift", MEMBER, "--exact")
