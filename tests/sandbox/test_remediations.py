"""Every remediation in a running sandbox: from the finding to the fix and back, and its rights.

What the unit tests violate against moto is violated here over HTTP, with IAM enforced: the
function's role enters the account's role, whose policies are those that are generated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.controls.catalogue import LACKING
from orchestrator.findings import by_hand
from orchestrator.findings.remediation import Refused, Remediation
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.remediations import privilege
from tests.sandbox.remediations.catalogue import REMEDIATIONS, cases, of, remediation_of
from tests.sandbox.remediations.repair import ME, Repair, decision_of, repair
from tests.sandbox.remediations.workshop import Workshop, a_sandbox, a_workshop
from tests.unit.findings.a_world import an_exception
from tests.unit.findings.services.cycle import Case

pytestmark = pytest.mark.long

CASES = cases()


def for_the_fix(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who changed it last is asked for the message alone, and these roles may not ask."""
    return [entry for entry in entries if entry["operation"] != "LookupEvents"]


@dataclass
class Bench:
    """The sandbox, and what has been repaired in it already."""

    sandbox: Sandbox
    done: dict[int, Repair] = field(default_factory=dict)

    def repair(self, case: Case) -> Repair:
        number = CASES.index(case)
        if number not in self.done:
            done = repair(self.sandbox, case)
            self.done[number] = replace(done, entries=for_the_fix(done.entries))
        return self.done[number]

    def lacks(self, control: str) -> bool:
        """Whether the sandbox cannot run some case of it."""
        return any(self.repair(c).problem for c in CASES if c.control == control)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with a_sandbox(tmp_path_factory.mktemp("remediations")) as sandbox:
        yield Bench(sandbox)


ONLY_PROPOSED = frozenset({"CloudFront.12"})
"""Its fix refuses whatever it finds: no domain can be made up for an origin."""


def test_every_control_has_a_case() -> None:
    controls = {control for remediation in REMEDIATIONS for control in remediation.controls}

    assert controls - ONLY_PROPOSED == {case.control for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(bench: Bench, case: Case) -> None:
    done = bench.repair(case)

    if case.control not in LACKING:
        assert privilege.refused(done.entries) == set()
        if done.problem:
            raise done.problem
    elif not bench.lacks(case.control):
        pytest.fail(f"the sandbox runs {case.control} now: say so in catalogue.py")


REPAIRING = [each for each in REMEDIATIONS if not ONLY_PROPOSED.issuperset(each.controls)]


@pytest.mark.parametrize("remediation", REPAIRING, ids=lambda each: each.name)
def test_a_role_is_enough_and_every_word_of_it_is_needed(
    bench: Bench, remediation: Remediation
) -> None:
    repairs = [bench.repair(case) for case in of(remediation, CASES)]
    entries = [entry for each in repairs for entry in each.entries]
    policies = repairs[0].policies

    assert privilege.unallowed(policies, entries) == set()
    if not any(control in LACKING for control in remediation.controls):
        assert privilege.idle(policies, entries) == set()


def the_case(control: str) -> Case:
    return next(case for case in CASES if case.control == control)


OF_MANY = [the_case(control) for control in ("S3.8", "SNS.1", "EC2.7", "IAM.7", "RDS.8")]


def a_case(bench: Bench, case: Case, **more: Any) -> tuple[Workshop, str]:
    """Violated, and not yet found."""
    workshop = a_workshop(bench.sandbox, remediation_of(case), decision_of(case), **more)
    return workshop, case.violate(workshop.owner)


def writes(workshop: Workshop) -> list[str]:
    """What the role was let do that is not a look."""
    looks = ("Get", "List", "Describe", "Head")
    return [
        str(entry["operation"])
        for entry in workshop.entries
        if not str(entry["operation"]).startswith(looks) and entry["status"] < 400
    ]


def routed(workshop: Workshop, case: Case, arn: str) -> str:
    kind = remediation_of(case).resource_type
    return workshop.route(workshop.imported(case.control, arn, kind))


@pytest.mark.parametrize("case", OF_MANY, ids=str)
def test_an_exception_keeps_everybody_out(bench: Bench, case: Case) -> None:
    exemption = an_exception(control=case.control.lower(), expires="2999-12-31")
    workshop, arn = a_case(bench, case, exceptions={"kept": exemption})

    assert routed(workshop, case, arn) == "ignore"
    assert workshop.entries == []


@pytest.mark.parametrize("case", OF_MANY, ids=str)
def test_a_control_that_nobody_knows_is_told_and_not_touched(bench: Bench, case: Case) -> None:
    workshop, arn = a_case(bench, case)
    finding = workshop.imported("S3.999", arn, remediation_of(case).resource_type)

    assert workshop.route(finding) == "told"
    assert for_the_fix(workshop.entries) == []
    assert workshop.workflow(finding) == "NOTIFIED"


@pytest.mark.parametrize("case", [c for c in OF_MANY if c.missing], ids=str)
def test_a_resource_that_is_gone_is_left_alone(bench: Bench, case: Case) -> None:
    workshop, _ = a_case(bench, case)

    assert routed(workshop, case, case.missing) == "gone"
    assert writes(workshop) == []


@pytest.mark.parametrize("case", OF_MANY, ids=str)
def test_what_the_role_may_not_do_is_told_as_denied(bench: Bench, case: Case) -> None:
    lacking = remediation_of(case).writes[0].actions[0]
    workshop, arn = a_case(bench, case, lacking=lacking)

    assert routed(workshop, case, arn) == "denied"
    assert writes(workshop) == []
    assert lacking in privilege.refused(workshop.entries)


def test_a_resource_that_is_younger_than_its_finding_is_left_alone(bench: Bench) -> None:
    case = the_case("Kinesis.1")
    workshop, arn = a_case(bench, case)
    finding = workshop.imported(case.control, arn, remediation_of(case).resource_type)
    older = replace(finding, updated=finding.updated - timedelta(days=1))

    assert workshop.route(older) == "changed"
    assert writes(workshop) == []


def half_closed(workshop: Workshop, arn: str) -> None:
    """Somebody has begun to close the bucket by hand."""
    workshop.owner("s3").put_public_access_block(
        Bucket=arn.removeprefix("arn:aws:s3:::"),
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        },
    )


def test_what_has_changed_since_the_plan_is_not_fixed(bench: Bench) -> None:
    case = the_case("S3.8")
    workshop, arn = a_case(bench, case)
    finding = workshop.imported(case.control, arn, remediation_of(case).resource_type)
    plan = by_hand.rehearse(workshop.parts, finding).plan
    half_closed(workshop, arn)

    with pytest.raises(Refused, match="make a new one"):
        by_hand.apply(workshop.parts, finding, plan, ME)
    assert writes(workshop) == []


def test_what_has_changed_since_the_fix_is_not_taken_back(bench: Bench) -> None:
    case = the_case("S3.8")
    workshop, arn = a_case(bench, case)
    finding = workshop.imported(case.control, arn, remediation_of(case).resource_type)
    assert workshop.route(finding) == "fixed"
    half_closed(workshop, arn)
    state = workshop.parts.states.get(finding.key)
    assert state
    done = writes(workshop)

    with pytest.raises(Refused, match="changed since the fix"):
        by_hand.undo(workshop.parts, state.record, ME)
    assert writes(workshop) == done


def test_how_many_there_are(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    repairs = [bench.repair(case) for case in CASES]
    ran = {each.case.control for each in repairs if not each.problem}
    person = {each.case.control for each in repairs if each.by_hand} & ran
    lacking = {each.case.control for each in repairs if each.problem}
    requests = sum(len(each.entries) for each in repairs)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{len(ran - lacking)} controls repaired and taken back, {len(person)} of them by "
            f"hand; {len(lacking)} lacking; {len(repairs)} violations, {requests} requests"
        )

    assert lacking <= set(LACKING)
