"""What every remediation is held to, whatever service it is of.

A violating and a passing resource are made in moto; the violating one is found, fixed, checked
and taken back, and every call that it took is compared with the permissions it states.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.controls.catalogue import MOTO_LACKS
from orchestrator.findings.remediation import Aws, Json, Refused, Remediation, Status, Target, Value
from tests import agreement
from tests.unit.findings.services.permissions import named
from tests.unit.findings.services.recording import PLACE, Asked, Overlay, RecordingAws, emulated

TAGS = {"team": "payments"}
"""The tags that builders give to what they make."""
TAG_LIST = [{"Key": "team", "Value": "payments"}]


def trusting(service: str) -> str:
    """A role's trust policy that lets a service of AWS in."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


READING = ("Get", "Describe", "List", "Head")
"""How operations that change nothing begin."""

Builder = Callable[[Aws], str]
"""Makes a resource, with the tags above where it can have any; gives its ARN."""


@dataclass(frozen=True)
class Case:
    """One way to violate a control.

    `overlay` answers calls that moto lacks: `MOTO_LACKS` must then name the control.
    """

    control: str
    violate: Builder
    comply: Builder | None = None
    """None for a setting of the account, of which there is one only."""
    missing: str = ""
    """The ARN of a resource that is not there; '' where there always is one."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    name: str = ""
    overlay: Callable[[], Overlay] = dict
    after: Status = Status.PASSES
    """FAILS where a person has to do the rest, GONE where the resource is deleted."""
    fixed: bool = True
    """False where the fix refuses, as only a person can tell what is right."""
    undone: bool = True
    """False where the undo cannot be looked at, or there is none."""
    moto: Mapping[str, Any] = field(default_factory=dict)
    """moto's configuration."""

    def __str__(self) -> str:
        return f"{self.control} {self.name}".strip()


@dataclass(frozen=True)
class Needed:
    """The IAM actions that a cycle took, and the calls that violated, fixed and took back.

    `complied` are those that made another resource as the control wants it.
    """

    reads: frozenset[str]
    writes: frozenset[str]
    violated: tuple[Asked, ...]
    complied: tuple[Asked, ...]
    fixed: tuple[Asked, ...]
    undone: tuple[Asked, ...]


FOLDER = Path(__file__).parent / "cases"


def cases() -> dict[str, tuple[Case, ...]]:
    """Every service with the ways to violate its controls, as `cases/` has them."""
    services = sorted(file.stem for file in FOLDER.glob("*.py"))
    return {name: import_module(f"{__package__}.cases.{name}").CASES for name in services}


DONE: dict[tuple[int, bool], tuple[Case, Needed]] = {}
"""What cycles have taken that were gone through already. The case is kept so that its id is."""


def remediation_of(control: str, remediations: Iterable[Remediation]) -> Remediation:
    return next(r for r in remediations if control in r.controls)


def target_of(
    remediation: Remediation, control: str, arn: str, parameters: Mapping[str, Value]
) -> Target:
    defaults = {name: p.default for name, p in remediation.parameters.items()}
    unknown = set(parameters) - set(defaults)
    assert not unknown, f"{control} has no parameters {unknown}"
    return Target(control, PLACE, arn, {**defaults, **parameters})


def run(case: Case, remediations: Iterable[Remediation], *, overlaid: bool = True) -> Needed:
    """Violate, find, check, fix, check, undo, check. Fails where anything is not as it must be."""
    if (id(case), overlaid) not in DONE:
        with emulated(case.moto):
            done = _run(case, remediation_of(case.control, remediations), overlaid)
        DONE[id(case), overlaid] = (case, done)
    return DONE[id(case), overlaid][1]


def _run(case: Case, remediation: Remediation, overlaid: bool) -> Needed:
    aws = RecordingAws(case.overlay() if overlaid else {})
    with aws.watching() as unrecorded:
        arn = case.violate(unrecorded)
        violated = tuple(unrecorded.asked)
        passing = case.comply(unrecorded) if case.comply else ""
        complied = tuple(unrecorded.asked[len(violated) :])
    target = target_of(remediation, case.control, arn, case.parameters)
    reads, writes = RecordingAws(aws.overlay), RecordingAws(aws.overlay)

    found = list(remediation.find(PLACE, reads))
    assert set(found) >= {arn, passing} - {""}
    assert len(found) == len(set(found))
    _first_look(case, remediation, target, passing, reads)
    before = remediation.before(target, reads)
    stored: Json = json.loads(json.dumps(before))
    assert stored == before

    _fix(case, remediation, target, stored, reads, writes)
    fixed = tuple(writes.asked)
    _undo(case, remediation, target, stored, reads, writes)
    undone = tuple(writes.asked[len(fixed) :])
    needed = frozenset(reads.needed), frozenset(writes.needed)
    return Needed(*needed, violated, complied, fixed, undone)


def _first_look(
    case: Case, remediation: Remediation, target: Target, passing: str, reads: RecordingAws
) -> None:
    first = remediation.check(target, reads)
    assert (first.status, bool(first.note)) == (Status.FAILS, True), first
    _second_look(case, remediation, target, Status.FAILS, reads)
    if passing:
        other = target_of(remediation, case.control, passing, case.parameters)
        assert remediation.check(other, reads).status is Status.PASSES
        _second_look(case, remediation, other, Status.PASSES, reads)
    if case.missing:
        gone = target_of(remediation, case.control, case.missing, case.parameters)
        assert remediation.check(gone, reads).status is Status.GONE
    if remediation.tags:
        assert remediation.tags(target, reads) == TAGS


def _fix(
    case: Case,
    remediation: Remediation,
    target: Target,
    before: Json,
    reads: RecordingAws,
    writes: RecordingAws,
) -> None:
    remediation.fix(target, writes, before)
    assert remediation.check(target, reads).status is case.after
    _second_look(case, remediation, target, case.after, reads)
    if case.after is not Status.GONE:
        remediation.fix(target, writes, before)
        assert remediation.check(target, reads).status is case.after


def _undo(
    case: Case,
    remediation: Remediation,
    target: Target,
    before: Json,
    reads: RecordingAws,
    writes: RecordingAws,
) -> None:
    if not (remediation.undo and case.undone):
        return
    for _ in ("the first time", "and asked for twice"):
        remediation.undo(target, writes, before)
        assert remediation.before(target, reads) == before
        assert remediation.check(target, reads).status is Status.FAILS
    _second_look(case, remediation, target, Status.FAILS, reads)


def _second_look(
    case: Case, remediation: Remediation, target: Target, status: Status, reads: RecordingAws
) -> None:
    """The sandbox's evaluator, which shares no code with the remediation, says the same."""
    aws = RecordingAws(reads.overlay)
    agreement.hold(status, remediation, replace(target, parameters=case.parameters), aws)


def hold_cycles(cases: Iterable[Case], case: Case, remediations: Iterable[Remediation]) -> None:
    """The cycle; with `MOTO_LACKS` also the other way round: moto alone must not be able to."""
    run(case, remediations)
    if case.control in MOTO_LACKS and not any(
        _runs_alone(c, remediations) is False for c in cases if c.control == case.control
    ):
        pytest.fail(f"moto runs {case.control} now: take it out of catalogue.MOTO_LACKS")
    if case.control not in MOTO_LACKS:
        assert case.overlay is dict, f"{case.control}: name in MOTO_LACKS what it overlays"


def _runs_alone(case: Case, remediations: Iterable[Remediation]) -> bool:
    try:
        run(case, remediations, overlaid=False)
    except Exception:  # noqa: BLE001 - moto fails in any way it likes
        return False
    return True


def hold_permissions(cases: Iterable[Case], remediation: Remediation) -> None:
    """Its cases together call exactly what its permissions allow."""
    needed = [run(c, [remediation]) for c in cases if c.control in remediation.controls]
    reads = {action for n in needed for action in n.reads}
    writes = {action for n in needed for action in n.writes}
    assert needed, f"no case for {remediation.name}"
    assert named(remediation.reads) == reads
    assert named(remediation.writes) <= writes <= named(remediation.writes) | reads
    for permission in (*remediation.reads, *remediation.writes):
        for resource in permission.resources:
            assert resource.startswith("arn:{partition}:") or (resource == "*" and permission.why)


def hold_denials(case: Case, remediations: Iterable[Remediation]) -> None:
    """Whichever call of the check is denied, the error rises; nothing passes unseen."""
    remediation = remediation_of(case.control, remediations)
    with emulated(case.moto):
        overlay = case.overlay()
        arn = case.violate(RecordingAws(overlay))
        target = target_of(remediation, case.control, arn, case.parameters)
        looked = RecordingAws(overlay)
        remediation.check(target, looked)
        for call in sorted(set(looked.calls)):
            with pytest.raises(ClientError, match="AccessDenied"):
                remediation.check(target, RecordingAws(overlay, frozenset({call})))


def hold_refusal(case: Case, remediations: Iterable[Remediation]) -> str:
    """The fix refuses and calls nothing that writes; gives the reason."""
    remediation = remediation_of(case.control, remediations)
    with emulated(case.moto):
        aws = RecordingAws(case.overlay())
        arn = case.violate(aws)
        target = target_of(remediation, case.control, arn, case.parameters)
        before = remediation.before(target, aws)
        watched = RecordingAws(aws.overlay)
        with pytest.raises(Refused) as refusal:
            remediation.fix(target, watched, before)
        assert [call for call in watched.calls if not call[1].startswith(READING)] == []
        return str(refusal.value)


def one_each(cases: Iterable[Case]) -> list[Case]:
    """The first case of each control."""
    return list({case.control: case for case in reversed(tuple(cases))}.values())[::-1]


def uncovered(cases: Iterable[Case], remediations: Iterable[Remediation]) -> set[str]:
    """Controls without a case."""
    known = {case.control for case in cases}
    return {control for r in remediations for control in r.controls} - known
