"""What certifying has shown, as text and as JSON; and what stands behind each behaviour, as a page.

Nothing is called proven that is assumed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from orchestrator.certify.behaviour import Behaviour, Evidence, Kind, Outcome, Standing
from orchestrator.certify.recordings import Recording, differences

VERSION = 1
MARKS: Mapping[Standing, str] = {
    Standing.AS_WRITTEN: "✓",
    Standing.OTHERWISE: "✗",
    Standing.NOT_ASKED: "?",
}


@dataclass(frozen=True, slots=True)
class Certified:
    """A behaviour as the AWS in question showed it, and as the sandbox does."""

    asked: Outcome
    sandbox: Outcome

    @property
    def differs(self) -> tuple[str, ...]:
        """In what the sandbox answers otherwise; nothing where one of them was not asked."""
        if Standing.NOT_ASKED in (self.asked.standing, self.sandbox.standing):
            return ()
        return differences(self.asked.recording, self.sandbox.recording)

    @property
    def holds(self) -> bool:
        both = (self.asked.standing, self.sandbox.standing)
        return set(both) == {Standing.AS_WRITTEN} and not self.differs


def text(found: Sequence[Certified]) -> str:
    """For people: what holds is a line, what does not says why."""
    lines = [line for each in found for line in _lines(each)]
    counted = Counter(each.asked.standing for each in found)
    parts = [f"{counted[standing]} {standing.value}" for standing in Standing]
    apart = sum(1 for each in found if each.differs)
    good = sum(each.holds for each in found)
    return "\n".join(
        [
            *lines,
            "",
            f"{', '.join(parts)}; the sandbox differs in {apart}",
            f"certify: {good} of {len(found)} hold",
        ]
    )


def _lines(each: Certified) -> Iterator[str]:
    behaviour = each.asked.behaviour
    yield f"{MARKS[each.asked.standing]} {behaviour.id}  {behaviour.says}"
    yield from (f"    {each.asked.recording.origin}: {why}" for why in each.asked.reasons)
    if each.sandbox.standing is not Standing.AS_WRITTEN:
        yield from (f"    sandbox: {why}" for why in each.sandbox.reasons)
    yield from (f"    differs: {what}" for what in each.differs)
    yield from (f"    left behind: {what}" for what in each.asked.left)


def as_json(found: Sequence[Certified]) -> str:
    """One document; `holds` counts what AWS and sandbox both show as it is written."""
    rows = [
        {
            "behaviour": each.asked.behaviour.id,
            "says": each.asked.behaviour.says,
            "evidence": each.asked.behaviour.evidence.kind.value,
            "source": each.asked.behaviour.evidence.source,
            "origin": each.asked.recording.origin,
            "standing": each.asked.standing.value,
            "reasons": list(each.asked.reasons),
            "sandbox": each.sandbox.standing.value,
            "sandbox_reasons": list(each.sandbox.reasons),
            "differs": list(each.differs),
            "left": list(each.asked.left),
        }
        for each in found
    ]
    holds = sum(each.holds for each in found)
    return json.dumps({"version": VERSION, "holds": holds, "behaviours": rows}, indent=1)


AWS = "aws"


def evidence(behaviour: Behaviour, recordings: Mapping[str, Recording]) -> Evidence:
    """The best there is: a recording made on AWS, else what the behaviour names."""
    found = recordings.get(behaviour.id)
    if found is not None and found.origin == AWS:
        return Evidence(Kind.RECORDED, f"{found.recorded}; {behaviour.evidence.source}")
    return behaviour.evidence


def counts(behaviours: Iterable[Behaviour], recordings: Mapping[str, Recording]) -> dict[Kind, int]:
    """How many behaviours have which kind of evidence, the best kind first."""
    found = [evidence(each, recordings).kind for each in behaviours]
    return {kind: found.count(kind) for kind in Kind}


def markdown(behaviours: Iterable[Behaviour], recordings: Mapping[str, Recording]) -> str:
    """A table for each service."""
    known = sorted(behaviours, key=lambda each: (each.service, each.id))
    parts = [_counted(counts(known, recordings))]
    for service, some in groupby(known, key=lambda each: each.service):
        rows = [_row(each, evidence(each, recordings)) for each in some]
        table = ["| behaviour | what AWS does | evidence | source |", "|---|---|---|---|", *rows]
        parts.append(f"## {service}\n\n" + "\n".join(table))
    return "\n\n".join(parts)


def _counted(found: Mapping[Kind, int]) -> str:
    rows = [f"| {kind.value} | {count} |" for kind, count in found.items()]
    return "\n".join(["| evidence | behaviours |", "|---|---|", *rows])


def _row(behaviour: Behaviour, found: Evidence) -> str:
    cells = (f"`{behaviour.id}`", behaviour.says, found.kind.value, found.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
