from __future__ import annotations

import re
from collections import Counter

import pytest

from orchestrator.findings.emulation import LACKING, MOTO_LACKS, SANDBOX_ADDS, SANDBOX_LACKS
from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Remediation, Risk

ID = re.compile(r"[A-Z][A-Za-z0-9]*\.\d+")
PLACED = re.compile(r"\{(\w+)\}")
each = pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)


def test_a_control_has_one_remediation_and_a_name_is_used_once() -> None:
    controls = Counter(control.lower() for r in REMEDIATIONS for control in r.controls)
    names = Counter(remediation.name for remediation in REMEDIATIONS)

    assert [control for control, times in controls.items() if times > 1] == []
    assert [name for name, times in names.items() if times > 1] == []
    assert set(BY_CONTROL) == set(controls)


def test_what_the_emulator_lacks_is_said_of_controls_there_are() -> None:
    named = {*MOTO_LACKS, *SANDBOX_LACKS}
    assert {control.lower() for control in named} - set(BY_CONTROL) == set()
    assert named - SANDBOX_ADDS == set(LACKING)
    assert set(MOTO_LACKS) >= SANDBOX_ADDS


@each
def test_controls_are_spelled_as_security_hub_does(remediation: Remediation) -> None:
    assert all(ID.fullmatch(control) for control in remediation.controls)
    assert re.fullmatch(r"[a-z0-9-]+", remediation.name)


@each
def test_people_are_told_in_sentences(remediation: Remediation) -> None:
    told = (remediation.effect, remediation.breaks, remediation.cost, remediation.by_hand)
    meanings = (parameter.meaning for parameter in remediation.parameters.values())

    assert [text for text in (*told, *meanings) if text and not text.endswith(".")] == []
    assert remediation.effect
    assert remediation.breaks


@each
def test_what_destroys_or_cannot_be_undone_says_why_it_is_done_by_hand(
    remediation: Remediation,
) -> None:
    assert remediation.risk is not Risk.DESTRUCTIVE or remediation.by_hand
    assert remediation.undo or remediation.by_hand


@each
def test_permissions_name_resources_or_say_why_they_cannot(remediation: Remediation) -> None:
    for permission in (*remediation.reads, *remediation.writes):
        assert permission.actions
        assert not any("*" in action for action in permission.actions)
        for resource in permission.resources:
            assert resource.startswith("arn:{partition}:") or (resource == "*" and permission.why)
            assert set(PLACED.findall(resource)) <= {"partition", "account", "region"}


@each
def test_reading_changes_nothing(remediation: Remediation) -> None:
    reading = re.compile(r"[a-z0-9-]+:(Get|List|Describe|BatchGet|GET|Search|Lookup)")
    actions = {action for permission in remediation.reads for action in permission.actions}

    assert {action for action in actions if not reading.match(action)} == set()
