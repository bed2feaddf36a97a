"""All wires of an organization, what goes through each, and what came of cutting it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.sandbox import replay, unproven
from tests.sandbox.parts import ALL, QUEUE, Seen
from tests.sandbox.replay import Made
from tests.sandbox.wires import Shelf, Wire

FLOW = (
    *(QUEUE, "orchestrator-events-findings", "orchestrator-events-drift"),
    "orchestrator-remediation",
)
"""The roles that run by themselves; all others are a person's or a pipeline's."""


@dataclass(frozen=True)
class Web:
    """All wires, and what was seen going through them before any was cut."""

    found: Sequence[Shelf]
    calls: Mapping[str, Sequence[Made]]
    wires: Sequence[Wire]
    names: Mapping[str, str]
    """Of keys, by ARN: what they are called by their aliases."""

    def made(self, wire: Wire) -> list[Made]:
        if wire.kind == "trust":
            return replay.entries(wire.holder, self.calls)
        if lets_people_in(wire):
            return replay.let_in(wire, self.calls)
        return replay.needed(wire, self.found, self.calls.get(wire.holder, ()))

    def along(self, wire: Wire) -> Iterator[Wire]:
        """What has to be cut, too: a dead-letter queue is asked where the queue itself refuses."""
        if wire.kind == "queue" and wire.holder.endswith("-dead"):
            other = wire.holder.removesuffix("-dead")
            yield from (each for each in self.wires if each.holder == other)

    def unused(self, wire: Wire) -> bool:
        """Whether nothing has gone through it that cutting it could stop."""
        remediates = wire.kind == "permission" and wire.holder.endswith(
            "role/orchestrator-remediation"
        )
        return (replayed(wire) or remediates) and not self.made(wire)


def replayed(wire: Wire) -> bool:
    """Whether it is shown by the calls of a person or a pipeline, made again."""
    runs_by_itself = wire.holder.rpartition("/")[2] in FLOW
    of_role = wire.kind in ("permission", "trust") and not runs_by_itself
    return of_role or wire.name in ("ByHand", "PutsAside") or lets_people_in(wire)


def lets_people_in(wire: Wire) -> bool:
    """Whether a resource's policy names roles or accounts, and no service."""
    principal = wire.statement.get("Principal")
    named = isinstance(principal, dict) and set(principal) == {"AWS"} and principal["AWS"] != "*"
    return named and wire.kind not in ("permission", "trust")


@contextmanager
def cut(*wires: Wire) -> Iterator[None]:
    with ExitStack() as stack:
        for wire in wires:
            stack.callback(wire.mend)
            wire.cut()
        yield


@dataclass
class Book:
    """What came of each wire."""

    noticed: list[Wire] = field(default_factory=list)
    whole: list[tuple[Wire, str]] = field(default_factory=list)
    """Wires that nothing stopped without, or of which it cannot be known, and what was seen."""
    wrong: list[str] = field(default_factory=list)
    """Cuts that nobody noticed, parts that did not go on, and what was mended in vain."""
    silent: list[Wire] = field(default_factory=list)

    def enter(self, wire: Wire, seen: Seen, may: frozenset[str]) -> str:
        stopped = ALL - seen.done
        line = f"{wire}: stopped {sorted(stopped)}, said {sorted(seen.said)}"
        if stopped - may:
            self.wrong.append(f"{wire}: {sorted(stopped - may)} did not go on")
        if not stopped and not seen.said:
            self.leave(wire, "nothing stopped without it")
        elif seen.said:
            self.noticed.append(wire)
        else:
            self.silent.append(wire)
            self.wrong.append(f"not noticed: {line}")
        return line

    def leave(self, wire: Wire, what: str) -> None:
        self.whole.append((wire, what))

    def unproven(self) -> dict[str, list[Wire]]:
        """By the reason; '' are those without."""
        elsewhere = {_statement(wire) for wire in self.noticed}
        found: dict[str, list[Wire]] = {}
        for wire, _ in self.whole:
            same = unproven.ELSEWHERE if _statement(wire) in elsewhere else ""
            found.setdefault(unproven.reason(wire) or same, []).append(wire)
        return found

    def problems(self) -> list[str]:
        """What must not be: cuts without notice or reason, and others that did not go on."""
        reasonless = {str(wire) for wire in self.unproven().get("", ())}
        lines = [f"{wire}: {what}" for wire, what in self.whole if str(wire) in reasonless]
        return self.wrong + lines

    def lines(self) -> Iterator[str]:
        """A table by kind; then what is unproven, by its reason."""
        left = self.unproven()
        counted = (self.noticed, self.silent, [wire for wires in left.values() for wire in wires])
        kinds = [Counter(wire.kind for wire in wires) for wires in counted]
        yield f"{'kind':<22}{'wires':>7}{'broken':>8}{'noticed':>9}{'unproven':>10}"
        totals = [0, 0, 0, 0]
        for kind in sorted(set().union(*kinds)):
            noticed, silent, open_ = (counter[kind] for counter in kinds)
            row = (noticed + silent + open_, noticed + silent, noticed, open_)
            totals = [total + more for total, more in zip(totals, row, strict=True)]
            yield _row(kind, row)
        yield _row("all", totals)
        for reason, wires in sorted(left.items(), key=lambda pair: -len(pair[1])):
            yield f"unproven: {len(wires)}: {reason}"
            yield from (f"  {wire}" for wire in wires)


def _statement(wire: Wire) -> tuple[str, str, str]:
    """The same for a role's statement in every account."""
    name = wire.holder.rpartition(":role/")[2] if ":role/" in wire.holder else wire.holder
    return wire.kind, name, wire.name


def _row(kind: str, row: Sequence[int]) -> str:
    wires, broken, noticed, left = row
    return f"{kind:<22}{wires:>7}{broken:>8}{noticed:>9}{left:>10}"
