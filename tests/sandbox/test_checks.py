"""The sandbox's own checks, asked over HTTP about what real calls have made."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Place
from orchestrator.model.names import AccountId
from orchestrator.model.settings import ControlDecision, DecisionKind
from orchestrator.sandbox.checks import RULES, evaluate
from orchestrator.sandbox.checks.answers import Reader, Scope
from orchestrator.sandbox.checks.rule import Outcome, Verdict
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.control_scan import Scanner
from tests.builders import an_account
from tests.sandbox.fleets import HOME_REGION, OTHER_REGION, PAYMENTS_DEV
from tests.sandbox.violations import VIOLATIONS, Hand

HARMLESS = {
    "IAM.3": "a key is old after 90 days",
    "S3.2": "the account's block, of which S3.1 is left half, still restricts public buckets",
    "S3.3": "everybody may read by its list, and nobody may write",
}
"""Judged, and passed by the control's text, though somebody has done something."""


@pytest.fixture(scope="module")
def violated(sandbox: Sandbox) -> Mapping[str, tuple[str, list[Verdict]]]:
    """Each violation's resource, and what its control's check says right after it."""
    session = sandbox.session(PAYMENTS_DEV)

    @cache
    def client(service: str, region: str | None = None) -> object:
        return sandbox.made(session, service, region)

    hand = Hand(client, PAYMENTS_DEV, HOME_REGION)
    scope = Scope(PAYMENTS_DEV, HOME_REGION, HOME_REGION)
    found = {}
    for control, do in VIOLATIONS.items():
        done = do(hand, f"checks-{control.lower().replace('.', '-')}")
        found[control] = (done.resource, list(evaluate(control, Reader(scope, client), {})))
    return found


@pytest.mark.parametrize("control", VIOLATIONS)
def test_what_somebody_has_just_done_fails(
    violated: Mapping[str, tuple[str, list[Verdict]]], control: str
) -> None:
    resource, verdicts = violated[control]
    said = {each.resource: each.outcome for each in verdicts}

    assert said.get(resource) is (Outcome.PASSED if control in HARMLESS else Outcome.FAILED), said


def test_every_control_of_a_remediation_is_judged() -> None:
    controls = {control for remediation in REMEDIATIONS for control in remediation.controls}

    assert controls - set(RULES) == set()


def test_global_resources_are_judged_in_the_home_region_alone(sandbox: Sandbox) -> None:
    session = sandbox.session(PAYMENTS_DEV)
    reader = Reader(
        Scope(PAYMENTS_DEV, OTHER_REGION, HOME_REGION),
        lambda service, region=None: sandbox.made(session, service, region or OTHER_REGION),
    )

    assert evaluate("IAM.7", reader, {}) == ()
    assert len(evaluate("EC2.7", reader, {})) == 1


def test_a_control_without_a_check_is_said_so_and_not_passed(sandbox: Sandbox) -> None:
    decision = ControlDecision(
        decision=DecisionKind.DETECT,
        reason="to be looked at",
        decided_by="platform",
        decided_on=date(2026, 11, 1),
        review_by=date(2027, 11, 1),
    )
    hub = sandbox.client("securityhub", PAYMENTS_DEV)
    with suppress(hub.exceptions.ResourceConflictException):
        hub.enable_security_hub(EnableDefaultStandards=False)
    account = replace(an_account(), id=AccountId(PAYMENTS_DEV))
    scanner = Scanner(sandbox, account, Place(PAYMENTS_DEV, HOME_REGION), HOME_REGION)

    scanner.look({"Neptune.1": decision})

    (problem,) = scanner.problems
    assert problem == f"{HOME_REGION} Neptune.1: the sandbox has no check of this control"
    assert (scanner.checked, scanner.found) == (0, [])
