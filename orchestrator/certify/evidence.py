"""What stands behind each behaviour, as a page: nothing is called proven that is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from orchestrator.certify.behaviour import Behaviour, Evidence, Kind
from orchestrator.certify.recordings import Recording

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
