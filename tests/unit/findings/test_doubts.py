from __future__ import annotations

from dataclasses import replace
from datetime import date

from orchestrator import config
from orchestrator.findings import matrix as findings
from orchestrator.findings.decision import Kind, decide
from orchestrator.findings.doubts import Doubt, doubts
from orchestrator.findings.finding import supposed
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Risk
from orchestrator.render import matrix
from tests.unit.config.trees import SAMPLE
from tests.unit.findings.a_world import ACCOUNT, BUCKET, CLOSING, HOME, NOW, a_decision, a_matrix

BOTH = ("orders-prod", "security")
SOURCE = "account_configs/controls/s3.yaml S3.8"


def test_every_decision_of_the_sample_to_remediate_can_be_kept() -> None:
    organization = config.load(SAMPLE, date(2026, 11, 1))

    read = findings.load(matrix.document(organization))

    assert doubts(read, BY_CONTROL) == ()


def test_what_has_no_remediation_or_runs_by_hand_or_is_misspelt_is_told_once() -> None:
    known = {"s3.8": replace(CLOSING, risk=Risk.DESTRUCTIVE)}
    decided = a_matrix(a_decision(parameters={"dayz": 1}), a_decision(control="S3.99"))

    found = doubts(decided, known)

    assert found == (
        Doubt("S3.8", SOURCE, "fixed by hand only: it cannot be taken back", BOTH),
        Doubt("S3.8", SOURCE, "the remediation knows no parameter 'dayz'; known: days", BOTH),
        Doubt(
            "S3.99",
            "account_configs/controls/s3.yaml S3.99",
            "there is no remediation for it",
            BOTH,
        ),
    )


def test_a_runbook_and_a_decision_to_detect_raise_no_doubt() -> None:
    decided = a_matrix(a_decision(runbook="AWS-Close"), a_decision("detect", "S3.99"))

    assert doubts(decided, {}) == ()


def test_one_can_ask_what_would_be_done() -> None:
    finding = supposed("S3.8", ACCOUNT, HOME, BUCKET, NOW)

    assert decide(finding, a_matrix(), NOW, None, {"s3.8": CLOSING}).kind is Kind.REMEDIATE
