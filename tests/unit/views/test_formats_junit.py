from __future__ import annotations

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from orchestrator.model.plan import Action, Verdict
from orchestrator.model.run import EXIT_CODES, Answer, Outcome, Probe, Run, StackResult
from orchestrator.views import formats
from orchestrator.views.run import VIEWS
from tests.builders import a_change, a_key, a_plan, an_account

ONE, TWO, THREE = (a_key(an_account(n, name)) for n, name in ((6, "one"), (7, "two"), (8, "three")))
GROUPS = {ONE: "wave canary", TWO: "wave rest", THREE: "wave rest"}


def read(*results: StackResult) -> JUnitXml:
    """The run written as JUnit, and read back by the library that CI systems' plugins use, too."""
    run = Run("r-1", "apply", "2026-06-01T00:00:00+00:00", 12.3, results, group_of=GROUPS)
    return JUnitXml.fromstring(VIEWS["junit"](run).encode())


def case(result: StackResult) -> TestCase:
    (suite,) = read(result)
    (found,) = suite
    assert isinstance(found, TestCase)
    return found


def test_suites_are_waves_and_cases_are_stacks() -> None:
    document = read(
        StackResult(ONE, Outcome.APPLIED, seconds={"plan": 1.5, "apply": 2.0}),
        StackResult(TWO, Outcome.FAILED, reason="apply: no"),
        StackResult(THREE, Outcome.SKIPPED, reason="one stack before it failed"),
    )

    assert [(s.name, s.tests, s.failures, s.errors, s.skipped) for s in document] == [
        ("wave canary", 1, 0, 0, 0),
        ("wave rest", 2, 0, 1, 1),
    ]
    (one,) = next(iter(document))
    assert (one.name, one.classname, one.time) == ("one/account", "wave canary", 3.5)
    assert (document.tests, document.errors, document.skipped) == (3, 1, 1)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.REFUSED, Failure),
        (Outcome.DRIFTED, Failure),
        (Outcome.UNVERIFIED, Failure),
        (Outcome.FAILED, Error),
        (Outcome.DENIED, Error),
        (Outcome.INTERRUPTED, Error),
        (Outcome.SKIPPED, Skipped),
        (Outcome.SET_ASIDE, Skipped),
        (Outcome.CLOSED, Skipped),
        (Outcome.MOVED, Skipped),
    ],
)
def test_each_bad_outcome_has_its_kind(outcome: Outcome, kind: type) -> None:
    (told,) = case(StackResult(ONE, outcome, reason="why it is so\nfix: do this")).result

    assert type(told) is kind
    assert told.message == "why it is so"


@pytest.mark.parametrize(
    "outcome", [o for o in Outcome if o not in (*EXIT_CODES, Outcome.SET_ASIDE, Outcome.CLOSED)]
)
def test_a_stack_that_did_well_is_a_case_without_anything(outcome: Outcome) -> None:
    assert case(StackResult(ONE, outcome)).result == []


def test_every_reason_is_told() -> None:
    refused = StackResult(
        ONE, Outcome.REFUSED, a_plan(), verdict=Verdict(None, ("destroys 1", "checkov: X"))
    )
    drifted = StackResult(ONE, Outcome.DRIFTED, a_plan(drift=(a_change(Action.DELETE),)))
    unverified = StackResult(
        ONE,
        Outcome.UNVERIFIED,
        probes=(Probe("the hub", Answer.DIFFERENT), Probe("roles", Answer.AS_DECLARED)),
    )

    assert case(refused).result[0].text == "destroys 1\ncheckov: X"
    assert case(drifted).result[0].text == "delete aws_s3_bucket.logs"
    assert case(unverified).result[0].text == "the hub: different"


def test_whatever_aws_says_stays_xml() -> None:
    hostile = StackResult(ONE, Outcome.FAILED, reason="\x1b[31m]]> <a> & \x00 \ud800 é")

    (told,) = case(hostile).result

    assert told.message == "\N{REPLACEMENT CHARACTER}[31m]]> <a> & " + (
        "\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER} é"
    )


def test_a_run_whose_waves_nobody_knows_is_one_suite() -> None:
    run = Run(
        "r-1", "verify", "2026-06-01T00:00:00+00:00", 1.0, (StackResult(ONE, Outcome.IN_SYNC),)
    )

    (suite,) = JUnitXml.fromstring(formats.xml(run).encode())

    assert suite.name == "verify"
