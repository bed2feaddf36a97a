"""A run as SARIF 2.1.0, as code scanning reads it, and as JUnit XML, as CI systems do.

Source: OASIS Static Analysis Results Interchange Format (SARIF) 2.1.0; GitHub Docs, "SARIF support
for code scanning", for what is shown of it and the limits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from orchestrator import __version__
from orchestrator.model.names import StackKey
from orchestrator.model.run import EXIT_CODES, LEFT_ALONE, Answer, Outcome, Run, StackResult
from orchestrator.model.settings import Severity
from orchestrator.views.classes import change_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5000
"""Results that are shown of one upload; the worst are kept, and the others are counted."""
DRIFT = "drift"
WORST_FIRST = (None, *reversed(Severity))
"""A check that nobody has rated counts as the worst."""
LEVELS: Mapping[Severity | None, tuple[str, str]] = {
    None: ("error", "10.0"),
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("note", "2.0"),
}
"""Level and 'security-severity', which is critical above 9.0, high from 7.0, medium from 4.0."""
LOOKED = frozenset({Outcome.REFUSED, Outcome.DRIFTED, Outcome.UNVERIFIED, Outcome.PARTLY})
"""Outcomes that are not a success, and yet say what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One result."""

    key: StackKey
    rule: str
    about: str
    """What the rule is about, the same for each of its results."""
    where: str
    """The resource."""
    message: str
    severity: Severity | None


def log(run: Run) -> str:
    """The log file; a stack that could not be looked at is a notification in it."""
    found = sorted(
        (each for result in run.results for each in _found(result)),
        key=lambda each: (WORST_FIRST.index(each.severity), each.rule, each.key, each.where),
    )
    kept = found[:MOST]
    rules = {each.rule: each for each in kept}
    places = {name: number for number, name in enumerate(rules)}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules.values())},
                "automationDetails": {"id": f"orchestrator/{run.command}/"},
                "invocations": [_invocation(run, len(found) - len(kept))],
                "columnKind": "utf16CodeUnits",
                "results": [_result(each, places[each.rule], run) for each in kept],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _found(result: StackResult) -> Iterator[Found]:
    for each in result.violations:
        message = f"{each.resource}: {each.summary} ({result.key.folder})"
        yield Found(result.key, each.check, each.summary, each.resource, message, each.severity)
    if result.outcome is Outcome.DRIFTED and result.plan:
        for change in result.plan.drift:
            message = f"{change_line(change)} ({result.key.folder})"
            about = "Changed outside of Terraform"
            yield Found(result.key, DRIFT, about, change.address, message, Severity.MEDIUM)


def _driver(rules: Iterable[Found]) -> Mapping[str, object]:
    return {
        "name": "orchestrator",
        "semanticVersion": __version__,
        "rules": [_rule(each) for each in rules],
    }


def _rule(found: Found) -> Mapping[str, object]:
    level, score = LEVELS[found.severity]
    return {
        "id": found.rule,
        "shortDescription": {"text": found.about},
        "help": {"text": _help(found)},
        "defaultConfiguration": {"level": level},
        "properties": {"security-severity": score, "tags": ["security"]},
    }


def _help(found: Found) -> str:
    if found.rule == DRIFT:
        return (
            "A person or a tool has changed what Terraform declares. To put it right, apply "
            "the stack; to keep it, change the configuration."
        )
    return (
        f"{found.about}. policies/severities.yaml says how bad that is and why "
        f"({found.severity or 'unrated'}). Fix the configuration or the module, or skip the check "
        "for this resource, with an owner, a reason and a date: docs/how-to/answer-a-refusal.md."
    )


def _result(found: Found, rule: int, run: Run) -> Mapping[str, object]:
    identity = "|".join((str(found.key), found.rule, found.where))
    return {
        "ruleId": found.rule,
        "ruleIndex": rule,
        "level": LEVELS[found.severity][0],
        "message": {"text": found.message},
        "locations": [_location(found, run)],
        "partialFingerprints": {
            "primaryLocationLineHash": hashlib.sha256(identity.encode()).hexdigest()[:32]
        },
    }


def _location(found: Found, run: Run) -> Mapping[str, object]:
    """The account's file, or what was rendered where nobody knows it."""
    place = run.configured_at.get(found.key.account_id)
    file = place.file if place else f".build/{found.key.folder}/main.tf"
    name = f"{found.key.folder}/{found.where}"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(place.line, 1) if place else 1},
        },
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
    }


def _invocation(run: Run, left_out: int) -> Mapping[str, object]:
    unseen = [r for r in run.results if r.outcome in EXIT_CODES and r.outcome not in LOOKED]
    notes = [_note(f"{r.key.folder}: {r.outcome}. {r.reason}".strip(), "error") for r in unseen]
    if left_out:
        notes.append(_note(f"{left_out} more results are in the run's own document", "warning"))
    return {
        "executionSuccessful": not unseen,
        "exitCode": int(run.exit_code),
        "startTimeUtc": run.started,
        "toolExecutionNotifications": notes,
    }


def _note(text: str, level: str) -> Mapping[str, object]:
    return {"level": level, "message": {"text": text}}


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
    if (found := _case_result(result)) is not None:
        case.result = [found]
    return case


def _case_result(result: StackResult) -> Skipped | Failure | Error | None:
    reasons = [_clean(reason) for reason in _reasons(result)]
    message = reasons[0].partition("\n")[0] if reasons else str(result.outcome)
    if result.outcome is Outcome.SKIPPED or result.outcome in LEFT_ALONE:
        return Skipped(message)
    if result.outcome not in EXIT_CODES:
        return None
    kind = Error if result.outcome in COULD_NOT else Failure
    found = kind(message, str(result.outcome))
    found.text = "\n".join(reasons)
    return found


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
