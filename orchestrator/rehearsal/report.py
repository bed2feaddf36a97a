"""What a rehearsal has shown, as text and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import dropwhile, islice, takewhile

from orchestrator.rehearsal.checks import Facts, checks, failed, held, mib
from orchestrator.rehearsal.program import Attempt, Sample
from orchestrator.rehearsal.scenario import WHAT

VERSION = 1
TROUBLE = re.compile("Throttl|SlowDown|RequestLimit|Internal|Denied|Unauthorized")
FEW = 3
"""Reasons shown of an attempt; its run has them all."""
POINTS = 60
"""Of the curve of memory in the JSON; each is the highest of its stretch."""


def text(facts: Facts) -> str:
    """For people."""
    scenario, found = facts.scenario, checks(facts)
    lines = [f"stack: {WHAT[scenario.weight]}", *_attempts(facts), ""]
    lines += [f"  {'✓' if c.holds else '✗'} {c.what}: {c.found}" for c in found]
    lines += [f"      {what}" for what in _details(facts)]
    lines += ["", *_figures(facts), ""]
    good = sum(check.holds for check in found)
    lines.append(f"rehearsal: {good} of {len(found)} held ({facts.seconds:.0f} s)")
    return "\n".join(lines)


def _attempts(facts: Facts) -> Iterator[str]:
    for number, attempt in enumerate(facts.attempts, 1):
        counted = ", ".join(f"{count} {outcome}" for outcome, count in attempt.outcomes.items())
        ended = f"{_ending(attempt)} after {attempt.seconds:.0f} s"
        yield f"attempt {number}, {_command(attempt)}: {ended}"
        yield f"    {counted or 'no stack had ended'}"
        if attempt.waves:
            yield f"    got as far as {attempt.waves[-1]}"
        if attempt.halted:
            yield f"    stopped: {attempt.halted}"
        yield from islice(_reasons(attempt), FEW)


def _reasons(attempt: Attempt) -> Iterator[str]:
    for stack in filter(failed, attempt.stacks):
        why = [line.strip() for line in str(stack.get("reason", "")).splitlines()[:2]]
        yield f"    {stack['account']}/{stack['stack']} {stack['outcome']}: {' '.join(why)}"


def _command(attempt: Attempt) -> str:
    """The command and what it is about, without options."""
    words = dropwhile(_option, attempt.words)
    return " ".join(takewhile(lambda word: not _option(word), words))


def _option(word: str) -> bool:
    return word.startswith("-")


def _ending(attempt: Attempt) -> str:
    return attempt.killed or f"exit code {attempt.code}"


def _details(facts: Facts) -> Iterator[str]:
    """The first few of what should not be there."""
    for name, found in (
        ("created twice", facts.evidence.twice),
        ("was there already", facts.evidence.met),
        ("lock left", facts.locks),
        ("process left", facts.processes),
    ):
        yield from (f"{name}: {one}" for one in found[:5])


def _figures(facts: Facts) -> Iterator[str]:
    kinds = sorted(facts.peak.kinds.items(), key=lambda item: -item[1])
    yield f"memory at its peak: {', '.join(f'{kind} {mib(size)}' for kind, size in kinds)}"
    yield (
        f"CPU: {sum(a.cpu for a in facts.attempts):.0f} s ours, {facts.sandbox_cpu:.0f} s the "
        f"sandbox's (its memory: {mib(facts.sandbox_memory)})"
    )
    refused = ", ".join(f"{n} {code}" for code, n in _most(facts.evidence.refused))
    yield f"requests: {facts.evidence.requests}, refused: {refused or 'none'}"
    yield f"kept: {facts.folder}"


def _most(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """What throttling, trouble and refusals come to; that something is not there is no trouble."""
    trouble = [(code, count) for code, count in counted.items() if TROUBLE.search(code)]
    return sorted(trouble, key=lambda item: -item[1])[:6]


def as_json(facts: Facts) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    scenario, evidence = facts.scenario, facts.evidence
    document = {
        "version": VERSION,
        "held": held(facts),
        "checks": [{"what": c.what, "holds": c.holds, "found": c.found} for c in checks(facts)],
        "accounts": len(facts.fleet),
        "stack": {"weight": scenario.weight, "what": WHAT[scenario.weight]},
        "faults": list(scenario.faults()),
        "broken": list(facts.broken),
        "attempts": [_attempt(attempt) for attempt in facts.attempts],
        "final": dict(facts.final),
        "touched": dict(evidence.touched),
        "created": {"total": evidence.creates, "twice": evidence.twice, "met": evidence.met},
        "locks": facts.locks,
        "processes": facts.processes,
        "requests": {"total": evidence.requests, "refused": dict(evidence.refused)},
        "memory": {
            "budget": scenario.memory,
            "peak": facts.peak.total,
            "kinds": dict(facts.peak.kinds),
            "curve": [{"at": round(s.at, 1), "bytes": s.total} for s in curve(facts.memory)],
            "sandbox": facts.sandbox_memory,
        },
        "cpu_seconds": {
            "orchestrator": round(sum(a.cpu for a in facts.attempts), 1),
            "sandbox": round(facts.sandbox_cpu, 1),
        },
        "seconds": round(facts.seconds, 1),
    }
    return json.dumps(document, indent=2)


def _attempt(attempt: Attempt) -> Mapping[str, object]:
    return {
        "words": list(attempt.words),
        "exit_code": attempt.code,
        "killed": attempt.killed or None,
        "run": attempt.run,
        "seconds": round(attempt.seconds, 1),
        "cpu_seconds": round(attempt.cpu, 1),
        "outcomes": dict(attempt.outcomes),
        "groups": list(attempt.waves),
        "halted": attempt.halted or None,
    }


def curve(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """At most POINTS samples, the highest of each stretch: no peak gets lost."""
    stretch = max(1, -(-len(samples) // POINTS))
    parts = (samples[start : start + stretch] for start in range(0, len(samples), stretch))
    return tuple(max(part, key=lambda sample: sample.total) for part in parts)
