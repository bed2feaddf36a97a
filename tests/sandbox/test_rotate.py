"""The orchestrator's roles after their external id is another, or after somebody deleted one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import ROOT, Desk, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
ACCOUNT, NUMBER = "orders-dev", "200000000010"
LIGHT = ROOT / "orchestrator" / "rehearsal" / "light.tf.j2"


@dataclass(frozen=True, slots=True)
class Office:
    desk: Desk
    sandbox: Sandbox

    def outcome(self, *words: str, code: int = 0) -> str:
        (stack,) = self.desk.document(*words, code=code)["stacks"]
        return str(stack["outcome"])

    def rotate(self, after: str) -> None:
        file = self.desk.project / "account_configs" / "organization.yaml"
        before = "    external_id: example-orchestrator\n"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, f"    external_id: {after}\n"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An account that has its roles and a baseline, nothing else, so that it is made in seconds."""
    desk = a_desk(tmp_path_factory.mktemp("rotate"))
    shutil.copy(LIGHT, desk.project / "terraform" / "account" / "main.tf.j2")
    desk.done("sandbox", "start")
    try:
        running = lifecycle.status(desk.work / ".sandbox")
        assert running is not None
        desk.done("--sandbox", "bootstrap", "--yes")
        desk.run("--sandbox", "apply", ACCOUNT, "--yes")
        yield Office(desk, Sandbox(running.port, running.environment, desk.work))
    finally:
        desk.run("sandbox", "stop")


def test_another_external_id_reaches_an_account_through_the_entry_role(office: Office) -> None:
    assert office.outcome("plan", ACCOUNT) == "unchanged"

    office.rotate("example-rotated")
    office.desk.done("--sandbox", "bootstrap", "--yes")

    assert office.outcome("plan", ACCOUNT, code=6) == "denied"
    office.desk.run("--sandbox", "apply", ACCOUNT, "--entry-role", "--yes")
    assert office.outcome("plan", ACCOUNT) == "unchanged"


def test_a_role_that_somebody_deleted_is_made_anew_through_the_entry_role(office: Office) -> None:
    iam = office.sandbox.client("iam", account_id=NUMBER)
    iam.delete_role_policy(RoleName="orchestrator-plan", PolicyName="plan")
    iam.delete_role(RoleName="orchestrator-plan")

    assert office.outcome("plan", ACCOUNT, code=6) == "denied"
    office.desk.run("--sandbox", "apply", ACCOUNT, "--entry-role", "--yes")
    assert office.outcome("plan", ACCOUNT) == "unchanged"
