"""One control, one place: a remediation is the only thing in the product that names its control."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.findings import registry
from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS, causes_of
from orchestrator.findings.remediation import Remediation

PACKAGE = Path(registry.__file__).parents[1]
SERVICES = PACKAGE / "findings" / "services"
CONTROL = re.compile(r'"([A-Z][A-Za-z0-9]*\.[0-9]+)"')
CONTROLS = tuple(control for each in REMEDIATIONS for control in each.controls)

ELSEWHERE: Mapping[str, str] = {
    "certify/behaviours/policies.py": "a control that a policy of the probes is about",
    "demo/stage.py": "the violation that the demo makes by hand",
    "controls/catalogue.py": "what moto lacks: a new moto is looked at in one place",
    "findings/registry.py": "controls without a remediation",
    "model/answered.py": "which a fix may wait for, which configuration is held to as well",
    "model/control_parameters.py": "what Security Hub takes, which configuration is held to",
    "model/retired.py": "what AWS has given up, which configuration is told of as well",
    "sandbox/checks": "an independent witness: it shares nothing with what it judges",
    "sandbox/services/securityhub": "the emulated AWS, which has its own list of controls",
}
"""Files and folders, besides the remediations, that may name a control, and why."""


def test_every_control_has_one_remediation() -> None:
    assert [control for control, times in Counter(CONTROLS).items() if times > 1] == []
    assert set(BY_CONTROL) & set(registry.UNREMEDIATED) == set()


def test_a_controls_id_stands_in_the_file_of_its_remediation_and_nowhere_else() -> None:
    fixable = set(CONTROLS)
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        where = file.relative_to(PACKAGE).as_posix()
        if not any(where == each or where.startswith(f"{each}/") for each in ELSEWHERE):
            for control in fixable & set(CONTROL.findall(file.read_text("utf-8"))):
                found.setdefault(control, set()).add(where)

    strangers = {
        control: sorted(files)
        for control, files in found.items()
        if not all(each.startswith("findings/services/") for each in files)
    }
    assert strangers == {}
    assert {control: files for control, files in found.items() if len(files) > 1} == {}
    assert set(found) == fixable


@pytest.mark.parametrize("where", ELSEWHERE)
def test_no_exception_outlives_its_reason(where: str) -> None:
    path = PACKAGE / where
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    named = {
        control.lower()
        for file in files
        for control in re.findall(r'"([A-Za-z0-9]+\.[0-9]+)"', file.read_text("utf-8"))
    }
    assert named, f"{where} names no control any more: take it out of the list"


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_has_causes_or_a_reason_why_no_call_makes_it_fail(control: str) -> None:
    assert bool(causes_of(control)) != bool(BY_CONTROL[control.lower()].uncaused)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda each: each.name)
def test_a_cause_is_about_controls_of_its_remediation(remediation: Remediation) -> None:
    for cause in remediation.causes:
        assert set(cause.controls) <= set(remediation.controls)


def test_ids_are_compared_without_case() -> None:
    assert causes_of("iam.19") == causes_of("IAM.19") != ()
    assert causes_of("guardduty.5") == causes_of("GuardDuty.5") != causes_of("GuardDuty.6")
    assert causes_of("EC2.999") == ()
