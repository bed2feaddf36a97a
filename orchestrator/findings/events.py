"""An event to the findings it carries; what is not a finding is named as such, and never guessed.

Understood are Security Hub's findings in ASFF (imported and by custom action), its V2 findings in
OCSF, and GuardDuty's own events.

Source: AWS Security Hub User Guide, "EventBridge event formats".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from orchestrator.findings.event_reader import Wrong, clean, mapping
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.findings.formats import asff, guardduty, ocsf

IMPORTED = "Security Hub Findings - Imported"
CUSTOM = "Security Hub Findings - Custom Action"
V2 = "Findings Imported V2"
GUARDDUTY = "GuardDuty Finding"
SOURCES = {
    IMPORTED: "aws.securityhub",
    CUSTOM: "aws.securityhub",
    V2: "aws.securityhub",
    GUARDDUTY: "aws.guardduty",
}
"""Who sends an event of a name. EventBridge keeps sources that begin with 'aws.' to AWS."""

MOST_FINDINGS = 100

Parsed = Finding | Malformed


def parse(event: object) -> tuple[Parsed, ...]:
    """Every finding in `event`. Never empty, and raises nothing, whatever `event` is."""
    try:
        return tuple(_parse(event)) or (Malformed("the event holds no findings"),)
    except Wrong as wrong:
        return (Malformed(str(wrong)),)


def read(findings: list[Any]) -> tuple[Parsed, ...]:
    """Findings in ASFF that were asked for, as GetFindings answers. Raises nothing."""
    try:
        return tuple(_each(findings, partial(asff, asked="")))
    except Wrong as wrong:
        return (Malformed(str(wrong)),)


def _parse(event: object) -> Iterator[Parsed]:
    event = mapping(event, "the event")
    kind = event.get("detail-type")
    if not isinstance(kind, str) or kind not in SOURCES:
        raise Wrong(f"events of the kind '{clean(kind, 80)}' are not known")
    if event.get("source") != SOURCES[kind]:
        raise Wrong(f"the event does not come from {SOURCES[kind]}")
    detail = mapping(event.get("detail"), "detail")
    if kind == GUARDDUTY:
        yield from _each([detail], guardduty)
        return
    findings = detail.get("findings")
    if not isinstance(findings, list):
        raise Wrong("detail.findings is not a list")
    if len(findings) > MOST_FINDINGS:
        raise Wrong(f"{len(findings)} findings in one event, more than {MOST_FINDINGS}")
    if kind == V2:
        yield from _each(findings, ocsf)
    else:
        asked = clean(event.get("id"), 64) or "asked" if kind == CUSTOM else ""
        yield from _each(findings, partial(asff, asked=asked))


def _each(
    findings: list[Any], read: Callable[[Mapping[str, Any]], Iterator[Finding]]
) -> Iterator[Parsed]:
    for number, found in enumerate(findings):
        try:
            yield from read(mapping(found, "a finding"))
        except Wrong as wrong:
            where = f"finding {number + 1}: " if len(findings) > 1 else ""
            yield Malformed(f"{where}{wrong}")
