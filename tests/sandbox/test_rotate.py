"""The orchestrator's roles after their external id is another, or after somebody deleted one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import ROOT, Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
ACCOUNT, NUMBER = "orders-dev", "200000000010"
LIGHT = ROOT / "orchestrator" / "rehearsal" / "light.tf.j2"


@dataclass(frozen=True, slots=True)
class Notifier:
    workspace: Workspace
    sandbox: Sandbox

    def outcome(self, *words: str, code: int = 0) -> str:
        (stack,) = self.workspace.document(*words, code=code)["stacks"]
        return str(stack["outcome"])

    def rotate(self, after: str) -> None:
        file = self.workspace.project / "account_configs" / "organization.yaml"
        before = "    external_id: example-orchestrator\n"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, f"    external_id: {after}\n"))


@pytest.fixture(scope="module")
def notifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notifier]:
    """An account that has its roles and a baseline, nothing else, so that it is made in seconds."""
    workspace = a_desk(tmp_path_factory.mktemp("rotate"))
    shutil.copy(LIGHT, workspace.project / "terraform" / "account" / "main.tf.j2")
    workspace.done("sandbox", "start")
    try:
        running = lifecycle.status(workspace.work / ".sandbox")
        assert running is not None
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.run("--sandbox", "apply", ACCOUNT, "--yes")
        yield Notifier(workspace, Sandbox(running.port, running.environment, workspace.work))
    finally:
        workspace.run("sandbox", "stop")


def test_another_external_id_reaches_an_account_through_the_entry_role(notifier: Notifier) -> None:
    assert notifier.outcome("plan", ACCOUNT) == "unchanged"

    notifier.rotate("example-rotated")
    notifier.workspace.done("--sandbox", "bootstrap", "--yes")

    assert notifier.outcome("plan", ACCOUNT, code=6) == "denied"
    notifier.workspace.run("--sandbox", "apply", ACCOUNT, "--entry-role", "--yes")
    assert notifier.outcome("plan", ACCOUNT) == "unchanged"


def test_a_role_that_somebody_deleted_is_made_anew_through_the_entry_role(
    notifier: Notifier,
) -> None:
    iam = notifier.sandbox.client("iam", account_id=NUMBER)
    iam.delete_role_policy(RoleName="orchestrator-plan", PolicyName="plan")
    iam.delete_role(RoleName="orchestrator-plan")

    assert notifier.outcome("plan", ACCOUNT, code=6) == "denied"
    notifier.workspace.run("--sandbox", "apply", ACCOUNT, "--entry-role", "--yes")
    assert notifier.outcome("plan", ACCOUNT) == "unchanged"
