"""What was read into a lake, what is collected, what it costs and where it is searched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from orchestrator.logs.costs import METERS, Covered, Estimate, Used
from orchestrator.logs.ingest.batch import Counts
from orchestrator.logs.ocsf.classes import ocsf_class
from orchestrator.logs.siem.setup import Done

VERSION = 1


CANNOT = "the time cannot be right"
CLOCKS = {"clock:disagrees": "two times of the record disagree"}


def counts(found: Counts, lake: Path) -> str:
    again = f", {found.known} of them known already" if found.known else ""
    skipped = f", {found.skipped.total()} skipped" if found.skipped else ""
    lines = [
        f"{found.read} records of {found.files} files{again}: "
        f"{found.total} events, {found.quarantined.total()} quarantined{skipped}"
    ]
    for uid, number in sorted(found.events.items()):
        lines.append(f"  {number:>9}  {ocsf_class(int(uid)).name} ({uid})")
    for reason, number in found.quarantined.most_common():
        lines.append(f"  {number:>9}  quarantined: {reason}")
    for reason, number in found.skipped.most_common():
        lines.append(f"  {number:>9}  skipped: {reason}")
    for what, number in found.passed.most_common():
        lines.append(f"  {number:>9}  files passed over: {what}")
    for flag, number in found.flagged.most_common():
        lines.append(f"  {number:>9}  {flag}: {CLOCKS.get(flag, CANNOT)}; the events are kept")
    if found.quarantined:
        lines.append(f"the records that are not events are in {lake / 'quarantine'}")
    return "\n".join(lines)


def counts_json(found: Counts) -> str:
    document = {
        "version": VERSION,
        "files": found.files,
        "known": found.known,
        "passed": dict(found.passed),
        "read": found.read,
        "events": dict(found.events),
        "quarantined": dict(found.quarantined),
        "skipped": dict(found.skipped),
        "flagged": dict(found.flagged),
    }
    return json.dumps(document, indent=2)


def covered(found: Sequence[Covered], *, every: bool) -> str:
    lines = [_line(each) for each in found if every or not each.to]
    last = f"{sum(not each.to for each in found)} of {len(found)} logs are not collected"
    return "\n".join([*lines, last])


def covered_json(found: Sequence[Covered]) -> str:
    return json.dumps({"version": VERSION, "logs": [asdict(each) for each in found]}, indent=2)


def _line(covered: Covered) -> str:
    where = ", ".join(covered.to) or "stays"
    return f"{covered.account:<20} {covered.source:<17} {where:<18} {covered.why}".rstrip()


def cost(found: Estimate) -> str:
    return "\n".join(_lines(found))


def _lines(found: Estimate) -> Iterator[str]:
    for each in found.used:
        yield _used(each)
    if not found.used:
        yield "nothing that is collected has a volume"
    yield f"{'together':<20} {found.usd:>12.2f} USD a month"
    for meter in found.unpriced:
        yield f"no price of {meter}: {METERS.get(meter, 'hours of nodes')}"
    for name in found.unmeasured:
        yield f"no volume of {name}: give it in logs.volumes"


def _used(each: Used) -> str:
    dollars = "" if each.usd is None else f"{each.usd:.2f} USD"
    return f"{each.account:<20} {each.quantity:>12.1f} {each.meter:<34} {dollars}".rstrip()


def cost_json(found: Estimate) -> str:
    document = {
        "version": VERSION,
        "used": [asdict(each) for each in found.used],
        "usd": found.usd,
        "unpriced": list(found.unpriced),
        "unmeasured": list(found.unmeasured),
    }
    return json.dumps(document, indent=2)


def steps_json(done: Sequence[Done]) -> str:
    steps = [{"what": step.what, "how": step.how} for step in done]
    return json.dumps({"version": VERSION, "steps": steps}, indent=2)
