"""Findings of our own: what Security Hub takes, and what it does not."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.adapters.aws.finding_import import FindingImport
from orchestrator.logs.rules.detect import Detected, Imported
from orchestrator.ports import Purpose
from orchestrator.views.detection import as_text
from tests.cloudtrail import ACCOUNT, REGION
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal
from tests.unit.logs.test_rules import WINDOW

FINDINGS = [{"Id": "first"}, {"Id": "second"}]


@dataclass(frozen=True, slots=True)
class Roles:
    """Lets in for importing alone."""

    answer: object

    def session(self, account: str, purpose: Purpose) -> FakeAws:
        assert (account, purpose) == (ACCOUNT, Purpose.DETECT)
        return FakeAws({"securityhub:BatchImportFindings": self.answer})


def sent(answer: object) -> Imported:
    return FindingImport(Roles(answer), REGION).send(ACCOUNT, FINDINGS)  # type: ignore[arg-type]


def test_a_finding_that_is_refused_alone_is_named_with_awss_reason() -> None:
    failed = {"Id": "second", "ErrorCode": "InvalidInput", "ErrorMessage": "Severity is missing"}
    found = sent({"SuccessCount": 1, "FailedCount": 1, "FailedFindings": [failed]})

    assert found == Imported(ACCOUNT, 1, {"second": "InvalidInput: Severity is missing"})


def test_of_an_account_that_lets_nobody_in_each_finding_is_refused() -> None:
    found = sent(refusal("AccessDenied"))

    assert found.taken == 0
    assert set(found.refused) == {"first", "second"}


def test_what_was_taken_and_what_was_not_is_counted_for_a_reader() -> None:
    said = as_text(
        Detected(WINDOW, 1, 0, (), ()), (), (Imported(ACCOUNT, 3, {"first": "no\x1b[2J"}),)
    )

    assert "findings imported: 3, refused: 1" in said
    assert f"{ACCOUNT}: first: no" in said
    assert "\x1b" not in said
