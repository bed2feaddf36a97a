"""What the sandbox's log of requests proves: who was touched, and what was created how often."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.rehearsal.program import Attempt, Sample
from orchestrator.rehearsal.scenario import MIB, Scenario

Entry = Mapping[str, object]

READING = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Simulate", "Assume")
"""How the names of operations begin that change nothing."""

TOKENS = frozenset({"ClientToken", "ClientRequestToken", "CreatorRequestId", "IdempotencyToken"})
"""Drawn anew for each request; two requests that differ in nothing else make the same thing."""

EXISTS = ("AlreadyExists", "EntityAlreadyExists", "ResourceConflict", "Duplicate", "AlreadyOwned")


@dataclass(frozen=True, slots=True)
class Evidence:
    """`touched` are accounts by the number of successful changes; `twice` names what was created
    more than once; `met` what a create found there already.
    """

    requests: int
    refused: Mapping[str, int]
    touched: Mapping[str, int]
    creates: int
    twice: tuple[str, ...]
    met: tuple[str, ...]


def gathered(entries: Iterable[Entry], roles: frozenset[str]) -> Evidence:
    """Read the log once. `roles` are the names of the roles that change accounts."""
    requests = 0
    refused, touched = Counter[str](), Counter[str]()
    creates, met = Counter[str](), Counter[str]()
    for entry in entries:
        requests += 1
        if error := str(entry.get("error") or ""):
            refused[error] += 1
        if not _changes(entry, roles):
            continue
        if not error:
            touched[str(entry["account"])] += 1
        if str(entry["operation"]).startswith("Create"):
            if not error:
                creates[_thing(entry)] += 1
            elif any(word in error for word in EXISTS):
                met[_thing(entry)] += 1
    twice = tuple(f"{thing}: {count} times" for thing, count in creates.items() if count > 1)
    return Evidence(requests, refused, touched, sum(creates.values()), twice, tuple(met))


def _changes(entry: Entry, roles: frozenset[str]) -> bool:
    role = str(entry.get("role")).rpartition("/")[2]
    return role in roles and not str(entry.get("operation")).startswith(READING)


def _thing(entry: Entry) -> str:
    """What a create makes: account, region, call, and all that was said but tokens."""
    said = entry.get("parameters")
    known = said if isinstance(said, Mapping) else {}
    kept = {name: value for name, value in known.items() if name not in TOKENS}
    where = f"{entry.get('account')} {entry.get('region')}"
    what = json.dumps(kept, sort_keys=True, default=str)
    return f"{where} {entry.get('service')}:{entry.get('operation')} {what}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was counted and measured."""

    scenario: Scenario
    fleet: frozenset[str]
    """Ids of all accounts."""
    broken: tuple[str, ...]
    """Names of accounts that refused their stack, until they were mended."""
    attempts: tuple[Attempt, ...]
    final: Mapping[str, int]
    """Outcomes of the last check of every stack."""
    evidence: Evidence
    locks: tuple[str, ...]
    processes: tuple[str, ...]
    memory: tuple[Sample, ...]
    sandbox_memory: int
    sandbox_cpu: float
    seconds: float
    folder: str

    @property
    def peak(self) -> Sample:
        return max(self.memory, key=lambda sample: sample.total, default=Sample(0, {}))


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was to hold, and whether it did."""

    what: str
    holds: bool
    found: str


def checks(facts: Facts) -> tuple[Check, ...]:
    """Everything that was to hold, in the order in which somebody asks for it."""
    return tuple(_checks(facts))


def _checks(facts: Facts) -> Iterator[Check]:
    stacks, good = sum(facts.final.values()), facts.final.get("in sync", 0)
    yield Check(
        "every stack is as declared in the end",
        stacks >= len(facts.fleet) > 0 and good == stacks,
        f"{good} of {stacks} in sync",
    )
    yield Check(
        "every account was touched, and no other",
        facts.evidence.touched.keys() == facts.fleet,
        f"{len(facts.evidence.touched.keys() & facts.fleet)} of {len(facts.fleet)}, "
        f"{len(facts.evidence.touched.keys() - facts.fleet)} others",
    )
    evidence = facts.evidence
    yield Check(
        "nothing was created twice",
        evidence.creates > 0 and not evidence.twice,
        f"{evidence.creates} creates, {len(evidence.twice)} of them again",
    )
    yield Check("no lock was left", not facts.locks, f"{len(facts.locks)} locks")
    yield Check("no process was left", not facts.processes, f"{len(facts.processes)} processes")
    peak, budget = facts.peak.total, facts.scenario.memory
    yield Check(
        f"memory stayed under {mib(budget)}",
        0 < peak <= budget,
        f"peak {mib(peak)} after {facts.peak.at:.0f} s",
    )
    yield from _killed(facts)
    yield from _stopped(facts)


def _killed(facts: Facts) -> Iterator[Check]:
    if facts.scenario.kills:
        killed = [attempt for attempt in facts.attempts if attempt.killed]
        name = facts.scenario.signal.name
        yield Check(
            f"{name} came in the middle of the rollout",
            len(killed) == len(facts.scenario.kills),
            f"{len(killed)} of {len(facts.scenario.kills)} times",
        )


def _stopped(facts: Facts) -> Iterator[Check]:
    if facts.broken:
        tried = [stack for a in facts.attempts for stack in a.stacks if failed(stack)]
        names = {stack["account"] for stack in tried}
        yield Check(
            "no account but the broken ones failed",
            bool(names) and names <= set(facts.broken),
            f"{len(names & set(facts.broken))} of {len(facts.broken)} broken ones failed, "
            f"{len(names - set(facts.broken))} others",
        )


def failed(stack: Mapping[str, object]) -> bool:
    return stack["outcome"] in ("failed", "denied", "refused", "unverified")


def held(facts: Facts) -> bool:
    return all(check.holds for check in checks(facts))


def mib(size: int) -> str:
    return f"{size / MIB:.0f} MiB"
