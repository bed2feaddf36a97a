"""One wire is cut at a time in an organization rolled out: its part stops, says so, the others go
on; mended, it works again. What no cut can stop is printed as unproven, with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import replay
from tests.sandbox.calls import until
from tests.sandbox.drill import ACCOUNTS, ALL, MANAGEMENT, QUEUE, WHOLE, Drill, Seen, in_a_hurry
from tests.sandbox.drill import stops as may_stop
from tests.sandbox.overhead import above, aliases, keys, sids
from tests.sandbox.replay import Again, Made
from tests.sandbox.test_remediation import CONTROL, MEMBER, REGION, World, arn, world
from tests.sandbox.wires import Shelf, Wire, shelves

__all__ = ["world"]

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

FLOW = (QUEUE, "orchestrator-events-findings", "orchestrator-remediation")
"""The roles that run by themselves; all others are a person's or a pipeline's."""
Reason = str


@pytest.fixture(scope="module")
def drill(world: World) -> Drill:
    group = world.open_group(f"drill-first-{int(time.time())}")
    world.scan()
    wanted = {
        "ComplianceSecurityControlId": [{"Value": CONTROL, "Comparison": "EQUALS"}],
        "ResourceId": [{"Value": arn(group), "Comparison": "EQUALS"}],
    }
    hub = world.sandbox.client("securityhub", MEMBER)
    (found,) = hub.get_findings(Filters=wanted)["Findings"]
    kept = (
        *("SchemaVersion", "Id", "ProductArn", "GeneratorId", "AwsAccountId", "Types", "CreatedAt"),
        *("UpdatedAt", "Severity", "Title", "Description", "Resources", "Compliance"),
    )
    made = Drill(world, {name: found[name] for name in kept})
    until(lambda: not world.is_open(group), "it is not fixed")
    in_a_hurry(made)
    return made


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
        return replay.needed(wire, self.found, self.calls.get(wire.holder, ()))

    def along(self, wire: Wire) -> Iterator[Wire]:
        """What has to be cut, too: a dead-letter queue is asked where the queue itself refuses."""
        if wire.kind == "queue" and wire.holder.endswith("-dead"):
            other = wire.holder.removesuffix("-dead")
            yield from (each for each in self.wires if each.holder == other)

    def reason(self, wire: Wire) -> Reason:
        """Why no part stops without the wire, or no drill of ours sees it; '' where it is cut."""
        principal = wire.statement.get("Principal") or {}
        people = isinstance(principal, dict) and set(principal) == {"AWS"}
        if not wire.statement:
            return ""
        if wire.kind == "key" and wire.name in (
            "AccountAdministers",
            "Enable IAM User Permissions",
        ):
            return "the account itself: a key that nobody may administer is never mended"
        if wire.kind in ("queue", "topic", "bucket", "key") and people:
            return "lets a reader in: nothing is delivered by it"
        if wire.holder.endswith("role/orchestrator-remediation") and not self.made(wire):
            return UNUSED
        return "no call of this roll-out needs it" if wire.name == "ByHand" else ""


UNUSED = "the drill's own finding does not need it: the remediation's own test does"


def runs_by_itself(wire: Wire) -> bool:
    return wire.holder.rpartition("/")[2] in FLOW


def replayed(wire: Wire) -> bool:
    """Whether it is shown by the calls of a person or a pipeline, made again."""
    return wire.kind in ("permission", "trust") and not runs_by_itself(wire)


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

    noticed: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unproven: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Parts that had to go on, and did not; and wires that were mended in vain."""

    def enter(self, wire: Wire, seen: Seen, may: frozenset[str]) -> str:
        stopped = ALL - seen.done
        line = f"{wire}: stopped {sorted(stopped)}, said {sorted(seen.said)}"
        if stopped - may:
            self.wrong.append(f"{wire}: {sorted(stopped - may)} did not go on")
        if not stopped and not seen.said:
            self.leave(wire, "nothing stopped without it")
        else:
            (self.noticed if seen.said else self.silent).append(line)
        return line

    def leave(self, wire: Wire, why: Reason) -> None:
        self.unproven[wire.kind, why] += 1
        self.names.append(f"{wire}: {why}")

    def lines(self, wires: int) -> Iterator[str]:
        broken = len(self.noticed) + len(self.silent)
        left = len(self.names)
        yield f"wires {wires}: broken {broken}, noticed {len(self.noticed)}"
        yield f"calls made again without the statement: {len(self.refused)}, all refused"
        yield f"unproven: {left}"
        yield from (f"not noticed: {line}" for line in self.silent)
        yield from (f"wrong: {line}" for line in self.wrong)
        for (kind, why), number in sorted(self.unproven.items()):
            yield f"unproven: {number} {kind}: {why}"
        yield from (f"  {name}" for name in self.names)


def one(drill: Drill, web: Web, wire: Wire, book: Book) -> str:
    """Cut it, look, mend it; what there is to say."""
    may = may_stop(wire, web.names.get(wire.holder, wire.holder))
    try:
        with cut(wire, *web.along(wire)):
            seen = drill.probe(may)
            of_states = wire.kind == "key" and f":{MANAGEMENT}:" in wire.holder
            if of_states and (problem := drill.planned()):
                seen = Seen(seen.done, seen.said | {problem})
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        book.leave(wire, f"AWS does not let it be cut: {code}")
        return f"{wire}: {code}"
    finally:
        drill.clear()
    return book.enter(wire, seen, may)


def again(web: Web, wire: Wire, caller: Again, book: Book) -> None:
    """Make the calls that went through it again."""
    calls = web.made(wire)
    if not calls:
        book.leave(wire, "no call of this roll-out needs it")
        return
    with cut(wire):
        code = caller.refused(calls)
    if code:
        book.refused.append(f"{wire}: {code}")
    else:
        book.leave(wire, "its calls are let through without it")


def test_every_wire_that_is_cut_is_noticed_and_mended(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    drill.clear()  # of what the roll-out itself has tripped
    assert drill.probe() == WHOLE
    web = look(drill)
    book, caller, kind = Book(), Again(drill.world.sandbox), ""
    for wire in web.wires:
        why = web.reason(wire)
        if why:
            book.leave(wire, why)
        elif replayed(wire):
            again(web, wire, caller, book)
        else:
            if kind not in ("", wire.kind):
                whole(drill, f"after {kind}", book)
            kind = wire.kind
            say(one(drill, web, wire, book))
    whole(drill, f"after {kind}", book)
    for line in book.lines(len(web.wires)):
        say(line)
    for module, names in sids(web.found).items():
        say(f"not rolled out here: {module}: {', '.join(names)}")
    assert (book.silent, book.wrong) == ([], [])
    assert book.noticed
    assert book.refused


def look(drill: Drill) -> Web:
    sandbox = drill.world.sandbox
    found = shelves(sandbox, ACCOUNTS, REGION)
    own = [wire for shelf in found for wire in shelf.wires()]
    names = aliases(drill)
    wires = [*own, *keys(drill, found), *above(drill)]
    return Web(found, replay.made(sandbox.home), wires, names)


def whole(drill: Drill, when: str, book: Book) -> None:
    """Every part works again."""
    seen = drill.probe()
    drill.clear()
    if seen != WHOLE:
        stopped = sorted(ALL - seen.done)
        book.wrong.append(f"{when}: mended, and {stopped} still stopped, {sorted(seen.said)}")


def test_a_rollout_that_may_pass_no_role_ends_and_names_the_action(drill: Drill) -> None:
    events = drill.aws("events")
    (wire,) = (
        wire
        for shelf in shelves(drill.world.sandbox, ACCOUNTS, REGION)
        for wire in shelf.wires()
        if wire.name == "PassesEventsRoles" and wire.holder.endswith("role/orchestrator-apply")
    )
    words = ("--sandbox", "apply", "security and stack:security", "--yes")
    events.remove_targets(Rule="findings", Ids=["bus"])

    with cut(wire):
        ended = drill.world.desk.run(*words)

    assert ended.returncode == 7, ended.stdout + ended.stderr
    assert "iam:PassRole" in ended.stdout + ended.stderr
    assert json.dumps(events.list_targets_by_rule(Rule="findings")["Targets"]) == "[]"
    mended = drill.world.desk.run(*words)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    in_a_hurry(drill)
    drill.clear()
    assert drill.probe() == WHOLE
