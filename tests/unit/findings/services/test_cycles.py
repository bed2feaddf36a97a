"""What every remediation is held to; how its control is violated stands in `cases/`.

What is particular to a control has a file of its own beside this one, named as its service.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from orchestrator.findings.causes import without_tags
from orchestrator.findings.registry import REMEDIATIONS, causes_of
from orchestrator.findings.remediation import Remediation
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Asked

BY_SERVICE = cycle.cases()
CASES = tuple(case for cases in BY_SERVICE.values() for case in cases)
FIXED = tuple(case for case in CASES if case.fixed)
ALIKE = ("ec2", "iam", "rds", "s3")
"""Here the cases of one control differ in the resource, not in the calls that look at it."""
LOOKED_AT = tuple(
    case
    for service, cases in BY_SERVICE.items()
    for case in (cycle.one_each(cases) if service in ALIKE else cases)
)
FIXING = tuple(r for r in REMEDIATIONS if {case.control for case in FIXED} & set(r.controls))


@pytest.mark.parametrize("case", FIXED, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(FIXED, case, REMEDIATIONS)


@pytest.mark.parametrize("case", LOOKED_AT, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", FIXING, ids=lambda remediation: remediation.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(FIXED, remediation)


def blamed(control: str, calls: Iterable[Asked]) -> list[str]:
    """The calls that an investigation would name as what made the control fail."""
    causes = causes_of(control)
    events = [call.on_record() for call in calls]
    return [each.name for each in events if any(cause.fits(each) for cause in causes)]


@pytest.mark.parametrize("control", sorted({case.control for case in FIXED}))
def test_what_violates_a_control_is_blamed_for_it_and_what_fixes_it_is_not(control: str) -> None:
    runs = [cycle.run(case, REMEDIATIONS) for case in FIXED if case.control == control]

    assert [name for run in runs for name in blamed(control, run.fixed)] == []
    guilty = [name for run in runs for name in blamed(control, (*run.violated, *run.undone))]
    assert bool(guilty) == bool(causes_of(control)), guilty


MAKES = ("Create", "Run", "Allocate", "Stop")
"""How calls begin whose harm a later one may take back before anybody looks."""


@pytest.mark.parametrize("case", [case for case in FIXED if case.comply], ids=str)
def test_of_what_makes_a_resource_pass_nothing_but_its_creation_is_blamed(case: Case) -> None:
    calls = [call.on_record() for call in cycle.run(case, REMEDIATIONS).complied]
    sure = [cause for cause in causes_of(case.control) if cause.sure]
    named = {each.name for each in calls if any(cause.fits(each) for cause in sure)}

    assert {name for name in named if not name.startswith(MAKES)} == set()


@pytest.mark.parametrize("case", [case for case in FIXED if case.comply], ids=str)
def test_whoever_makes_a_resource_with_its_tags_is_not_blamed_for_lacking_them(case: Case) -> None:
    tagging = [cause for cause in causes_of(case.control) if cause.when is without_tags]
    made = cycle.run(case, REMEDIATIONS).complied
    calls = [call for call in made if "team" in str(call.parameters)]

    assert [c.model.name for c in calls for t in tagging if t.fits(c.on_record())] == []


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()
