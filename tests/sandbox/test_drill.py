"""One wire is cut at a time in an organization rolled out: its part stops, says so, the others go
on; mended, it works again. What no cut can stop is printed as unproven, with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from tests.sandbox import replay, unproven
from tests.sandbox.book import Book, Web, cut, replayed
from tests.sandbox.calls import until
from tests.sandbox.desk import Workspace
from tests.sandbox.drill import PATIENCE, Drill, in_a_hurry, rolled_out
from tests.sandbox.exercise import exercise
from tests.sandbox.overhead import above, aliases, keys, sids
from tests.sandbox.parts import ACCOUNTS, ALL, MANAGEMENT, WHOLE, Seen
from tests.sandbox.parts import stops as may_stop
from tests.sandbox.replay import Again
from tests.sandbox.test_remediation import CONTROL, MEMBER, REGION, World, arn
from tests.sandbox.wires import Wire, shelves

pytestmark = [pytest.mark.terraform, pytest.mark.apart]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("drill")
    try:
        yield rolled_out(folder)
    finally:
        Workspace(folder / "work", folder / "project").run("sandbox", "stop")


@pytest.fixture(scope="module")
def drill(world: World) -> Drill:
    made = ready(world)
    exercise(made)
    in_a_hurry(made)
    return made


def ready(world: World) -> Drill:
    """With a finding as Security Hub itself writes it, of which each trial sends a copy."""
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
    made = Drill(world, {name: found[name] for name in kept}, group)
    until(lambda: not world.is_open(group), "it is not fixed", PATIENCE)
    return made


def one(drill: Drill, web: Web, wire: Wire, book: Book) -> str:
    """Cut it, look, mend it; what there is to say.

    Where something else seems to have stopped, it is cut once more: what a busy machine had not
    done in time goes on then, what cannot go on does not.
    """
    may = may_stop(wire, web.names.get(wire.holder, wire.holder))
    try:
        seen = without(drill, web, wire, may)
        if ALL - seen.done - may:
            seen = without(drill, web, wire, may)
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        book.leave(wire, f"AWS does not let it be cut: {code}")
        return f"{wire}: {code}"
    return book.enter(wire, seen, may)


def without(drill: Drill, web: Web, wire: Wire, may: frozenset[str]) -> Seen:
    """What is done and said while it is cut."""
    try:
        with cut(wire, *web.along(wire)):
            seen = drill.probe(may)
            of_states = wire.kind == "key" and f":{MANAGEMENT}:" in wire.holder
            if of_states and (problem := drill.planned()):
                seen = Seen(seen.done, seen.said | {problem})
    finally:
        drill.clear()
    return seen


def again(web: Web, wire: Wire, caller: Again, book: Book) -> None:
    """Make the calls that went through it again."""
    with cut(wire):
        code = caller.refused(web.made(wire))
    if code:
        book.noticed.append(wire)
    else:
        book.leave(wire, "its calls are let through without it")


def every(drill: Drill, web: Web, say: Callable[[str], None]) -> Book:
    """Cut each, one after the other; that one is mended, the next one's others say, and the end."""
    book, caller = Book(), Again(drill.world.sandbox)
    for wire in sorted(web.wires, key=lambda each: each.kind):
        if unproven.reason(wire) in unproven.NEVER_CUT or web.unused(wire):
            book.leave(wire, "no call of this roll-out needs it")
        elif replayed(wire):
            again(web, wire, caller, book)
        else:
            say(one(drill, web, wire, book))
    seen = drill.probe()
    if seen != WHOLE:
        stopped = sorted(ALL - seen.done)
        book.wrong.append(f"mended, and {stopped} still stopped, {sorted(seen.said)}")
    return book


def test_every_wire_that_is_cut_is_noticed_and_mended(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    drill.clear()  # of what the roll-out itself has tripped
    assert drill.probe() == WHOLE
    drill.clear()  # a team is told of a control once an hour
    web = look(drill)
    book = every(drill, web, say)
    for line in book.lines():
        say(line)
    missing = sids(web.found, drill.world.workspace.work / ".build")
    for module, names in missing.items():
        say(f"not rolled out: {module}: {unproven.MODULES.get(module)}: {', '.join(names)}")
    assert book.problems() == []
    assert book.silent == []  # broken and noticed are equal
    assert len(book.noticed) > 150
    assert set(missing) == set(unproven.MODULES)


def look(drill: Drill) -> Web:
    sandbox = drill.world.sandbox
    found = shelves(sandbox, ACCOUNTS, REGION)
    own = [wire for shelf in found for wire in shelf.wires()]
    names = aliases(drill)
    wires = [*own, *keys(drill, found), *above(drill)]
    return Web(found, replay.made(sandbox.home), wires, names)


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
        ended = drill.world.workspace.run(*words)

    assert ended.returncode == 6, ended.stdout + ended.stderr
    assert "iam:PassRole" in ended.stdout + ended.stderr
    assert json.dumps(events.list_targets_by_rule(Rule="findings")["Targets"]) == "[]"
    mended = drill.world.workspace.run(*words)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    in_a_hurry(drill)
    drill.clear()
    assert drill.probe() == WHOLE
