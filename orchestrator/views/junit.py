"""A run as JUnit XML: a suite for each wave or foundation, a case for each stack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from orchestrator.model.run import EXIT_CODES, LEFT_ALONE, Answer, Outcome, Run, StackResult

COULD_NOT = frozenset({Outcome.FAILED, Outcome.DENIED, Outcome.INTERRUPTED})
"""Outcomes that are errors in JUnit's sense: nobody knows how it would have ended."""

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: Extensible Markup Language (XML) 1.0, production 2, Char."""


def xml(run: Run) -> str:
    """The document, as CI systems read it."""
    document = JUnitXml(_clean(f"orchestrator {run.command} {run.id}"))
    for group, results in _grouped(run).items():
        suite = TestSuite(_clean(group))
        suite.timestamp = run.started
        suite.add_testcases([_case(result, group) for result in results])
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    document.time = run.seconds
    written: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return written.decode()


def _grouped(run: Run) -> Mapping[str, list[StackResult]]:
    groups: dict[str, list[StackResult]] = {}
    for result in run.results:
        groups.setdefault(run.group_of.get(result.key, run.command), []).append(result)
    return groups


def _case(result: StackResult, group: str) -> TestCase:
    seconds = sum(result.seconds.values())
    case = TestCase(_clean(result.key.folder), classname=_clean(group), time=seconds)
    if (told := _case_result(result)) is not None:
        case.result = [told]
    return case


def _case_result(result: StackResult) -> Skipped | Failure | Error | None:
    reasons = [_clean(reason) for reason in _reasons(result)]
    message = reasons[0].partition("\n")[0] if reasons else str(result.outcome)
    if result.outcome is Outcome.SKIPPED or result.outcome in LEFT_ALONE:
        return Skipped(message)
    if result.outcome not in EXIT_CODES:
        return None
    kind = Error if result.outcome in COULD_NOT else Failure
    told = kind(message, str(result.outcome))
    told.text = "\n".join(reasons)
    return told


def _reasons(result: StackResult) -> Iterator[str]:
    if result.verdict is not None:
        yield from result.verdict.reasons
    if result.reason:
        yield result.reason
    for probe in result.probes:
        if probe.answer is not Answer.AS_DECLARED and not result.reason:
            yield f"{probe.what}: {probe.answer}"
    for change in result.plan.drift if result.plan and result.outcome is Outcome.DRIFTED else ():
        yield f"{change.action} {change.address}"


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
