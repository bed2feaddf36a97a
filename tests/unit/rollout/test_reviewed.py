"""A run that carries out stored plans, through the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from orchestrator.errors import PlanChanged
from orchestrator.model.events import ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Action, Plan, Violation
from orchestrator.model.review import Files, Manifest, Reviewed, Source
from orchestrator.model.run import Outcome, StackResult
from orchestrator.rollout import rollout
from orchestrator.rollout.reviewed import Review, reviewed_ports
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Group
from tests.builders import DIGEST, a_change, a_job, a_plan, a_violation, an_account
from tests.fakes import FakeScanner, FakeSessions, FakeTerraform, some_ports

ONE, TWO = a_job(an_account(6, "one")), a_job(an_account(7, "two"))
GROUND = ToolVersions("0.1.0", "Terraform 1.11.4", "5.100.0", "l" * 64, "p" * 64)
STATE = "a-lineage:3"
MODULES = {"account_baseline": "m" * 64}
FILES = Files("p", "j", "s")
TODAY = date(2026, 6, 1)


@dataclass
class FakeStoredPlans:
    """Plans with one creation each."""

    found: Files = FILES
    violated: tuple[Violation, ...] = ()
    unreadable: bool = False
    same: bool = True
    """Whether the JSON that is shown anew is the one that was kept."""
    taken: list[str] = field(default_factory=list)

    def files(self, run: str, key: StackKey) -> Files:
        return self.found

    def take(self, run: str, key: StackKey, folder: Path, rendered: str) -> Plan:
        if self.unreadable:
            raise PlanChanged(f"{key}: the stored plan cannot be read: no zip")
        self.taken.append(key.account_name)
        return replace(a_plan(a_change(), key=key), state=STATE)

    def says(self, run: str, plan: Plan) -> bool:
        return self.same

    def violations(self, run: str, key: StackKey) -> tuple[Violation, ...]:
        return self.violated


def reviewed(key: StackKey, missing: str = "") -> Reviewed:
    files = Source(ONE.rendering, {}).files
    return Reviewed(key, DIGEST, files, MODULES, DIGEST, "p", "j", "s", STATE, missing)


def sources(modules: Mapping[str, str] = MODULES, **texts: str) -> dict[StackKey, Source]:
    """What would be planned now; with `texts`, of other files than were reviewed."""
    found = {}
    for job in (ONE, TWO):
        rendering = job.rendering
        if texts or modules != MODULES:
            files = tuple((f"{name}.tf", text) for name, text in texts.items())
            rendering = replace(rendering, digest="x" * 64, files=files or rendering.files)
        found[job.key] = Source(rendering, modules)
    return found


def carried_out(
    plans: FakeStoredPlans | None = None,
    terraform: FakeTerraform | None = None,
    scanner: FakeScanner | None = None,
    state: str = STATE,
    tool_versions: ToolVersions = GROUND,
    now: dict[StackKey, Source] | None = None,
    replan: bool = False,
    stacks: tuple[Reviewed, ...] = (reviewed(ONE.key),),
) -> StackResult:
    """What becomes of ONE."""
    review = Review(
        Manifest("r-1", "2026-06-01T00:00:00+00:00", GROUND, stacks),
        tool_versions,
        now or sources(),
        plans or FakeStoredPlans(),
        replan,
    )
    sessions = FakeSessions(states={ONE.key: state})
    ports = reviewed_ports(review, some_ports(terraform, scanner, sessions))
    options = RunOptions(TODAY, width=2, run="r-2")
    (result,) = rollout.apply((Group("wave everyone", (ONE,), 2),), ports, options)
    return result


def test_exactly_what_was_reviewed_is_shown_scanned_and_applied_and_not_planned_again() -> None:
    plans, terraform, scanner = FakeStoredPlans(), FakeTerraform(), FakeScanner()

    result = carried_out(plans, terraform, scanner)

    assert result.outcome is Outcome.APPLIED
    assert plans.taken == ["one"]
    calls = [call for call in terraform.calls if "one" in call]
    assert calls == ["show one/account", "apply one/account"]
    assert scanner.scans == [1]


CHANGES = {
    "the plan file has changed since the review": {"plans": FakeStoredPlans(Files("x", "j", "s"))},
    "the plan file is gone": {"plans": FakeStoredPlans(Files("", "j", "s"))},
    "the plan's JSON has changed since the review": {
        "plans": FakeStoredPlans(Files("p", "x", "s"))
    },
    "the scan's result is gone": {"plans": FakeStoredPlans(Files("p", "j", ""))},
    "the state has moved: serial 4, was 3": {"state": "a-lineage:4"},
    "the state is another one: lineage b, was a-lineage": {"state": "b:3"},
    "the AWS provider was 5.100.0, is 5.101.0": {
        "tool_versions": replace(GROUND, provider="5.101.0")
    },
    "policies/ has changed": {"tool_versions": replace(GROUND, policies="x" * 64)},
    "modules/account_baseline has changed": {"now": sources({"account_baseline": "x" * 64})},
    "main.tf is rendered differently": {"now": sources(main="# other\n")},
    "new.tf is rendered, and was not": {"now": sources(main="# nothing\n", new="# new\n")},
    "main.tf is not rendered any more": {"now": sources(new="# new\n")},
    "run r-1 has not planned it": {"stacks": (reviewed(TWO.key),)},
    "there is no plan: plan: no": {"stacks": (reviewed(ONE.key, missing="plan: no"),)},
    "the stored plan cannot be read: no zip": {"plans": FakeStoredPlans(unreadable=True)},
    "the plan's digest is not the one in the manifest": {
        "stacks": (replace(reviewed(ONE.key), digest="x" * 64),)
    },
}


@pytest.mark.parametrize("reason", CHANGES)
def test_whatever_differs_is_refused_with_its_reason(reason: str) -> None:
    terraform = FakeTerraform()

    result = carried_out(terraform=terraform, **CHANGES[reason])  # type: ignore[arg-type]

    assert result.outcome is Outcome.REFUSED
    assert reason in result.reason
    assert "--replan" in result.reason
    assert terraform.calls == []


def test_every_difference_is_said() -> None:
    result = carried_out(FakeStoredPlans(Files("x", "x", "x")), state="a-lineage:4")

    assert result.reason.count("changed since the review") == 3
    assert "the state has moved" in result.reason


def test_what_differs_is_planned_and_scanned_again_when_asked() -> None:
    terraform, scanner = FakeTerraform(changes=(a_change(),)), FakeScanner()

    result = carried_out(terraform=terraform, scanner=scanner, state="a-lineage:4", replan=True)

    assert result.outcome is Outcome.APPLIED
    assert terraform.calls[:2] == ["plan one/account", "apply one/account"]
    assert scanner.scans == [1]


def test_a_plan_made_again_goes_through_the_gate_as_usual() -> None:
    terraform = FakeTerraform(changes=(a_change(Action.DELETE),))

    result = carried_out(terraform=terraform, state="a-lineage:4", replan=True)

    assert result.outcome is Outcome.REFUSED
    assert result.verdict is not None
    assert "destroys 1 resource, limit is 0" in result.verdict.reasons


def test_the_gate_judges_a_reviewed_plan_by_what_the_scan_says() -> None:
    plans, scanner = FakeStoredPlans(violated=(a_violation(),)), FakeScanner((a_violation(),))

    result = carried_out(plans, scanner=scanner)

    assert result.outcome is Outcome.REFUSED
    assert result.violations == (a_violation(),)


ELSEWHERE = "the plan file does something else than the plan's JSON says"


@pytest.mark.parametrize(
    "says",
    [
        a_plan(a_change(Action.DELETE), key=ONE.key),
        a_plan(a_change(), a_change(), key=ONE.key),
        a_plan(key=ONE.key),
        a_plan(a_change(), key=ONE.key, drift=(a_change(Action.UPDATE),)),
        replace(a_plan(a_change(), key=ONE.key), outputs_change=True),
    ],
    ids=["deletes", "creates more", "does nothing", "shows drift", "changes outputs"],
)
def test_a_plan_file_that_does_something_else_than_was_shown_is_refused(says: Plan) -> None:
    terraform = FakeTerraform(showing={"one": says})

    result = carried_out(terraform=terraform)

    assert result.outcome is Outcome.REFUSED
    assert ELSEWHERE in result.reason
    assert terraform.applied == set()


def test_values_that_are_not_those_of_the_review_are_refused() -> None:
    terraform = FakeTerraform()

    result = carried_out(FakeStoredPlans(same=False), terraform)

    assert ELSEWHERE in result.reason
    assert terraform.applied == set()


@pytest.mark.parametrize(
    ("then", "now"),
    [((), (a_violation(),)), ((a_violation(),), ()), ((a_violation("CKV_1"),), (a_violation(),))],
)
def test_a_scan_that_says_something_else_than_in_the_review_stops_the_stack(
    then: tuple[Violation, ...], now: tuple[Violation, ...]
) -> None:
    terraform = FakeTerraform()

    result = carried_out(FakeStoredPlans(violated=then), terraform, FakeScanner(now))

    assert result.outcome is Outcome.FAILED
    assert "the scan says something else than in the review" in result.reason
    assert terraform.applied == set()
