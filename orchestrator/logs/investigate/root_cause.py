"""Which of the changes of a resource made a control fail, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.principals import is_ours
from orchestrator.logs.investigate.subject import Cause


class Certainty(StrEnum):
    """Why a call is said to be the one."""

    KNOWN = "known to make this control fail"
    POSSIBLE = "possible: its parameters alone do not tell"
    RANKED = "the last change of the resource before the finding"


Found = tuple[Event | None, Certainty | None]
NOTHING: Found = (None, None)


def root_cause(events: Sequence[Event], causes: Sequence[Cause], seen: datetime) -> Found:
    """The call that made the control fail, out of changes in order of time, up to `seen`.

    The last one that is known to, and of one that only repeats it the first. What is made with a
    setting that fails gives way to a later call that may be the one. Without any known cause of the
    control the change that ranks highest is named; a remediation of ours never is, unless its call
    is known to make the control fail, as an undo is.
    """
    before = [each for each in events if each.time <= seen and not each.error]
    known = [each for each in before if any(c.sure and c.fits(each) for c in causes)]
    others = [each for each in before if each not in known and not is_ours(each.actor)]
    possible = [each for each in others if any(c.fits(each) for c in causes)]
    if known and not (possible and _made(known[-1]) and possible[-1].time > known[-1].time):
        return _first_of_run(known, before), Certainty.KNOWN
    if possible:
        return possible[-1], Certainty.POSSIBLE
    if causes:
        return NOTHING
    ranked = sorted(others, key=lambda each: (_rank(each), each.time))
    return (ranked[-1], Certainty.RANKED) if ranked else NOTHING


def _made(event: Event) -> bool:
    return event.name.startswith(("Create", "Run", "Allocate", "Restore", "Copy", "Register"))


def _first_of_run(known: Sequence[Event], before: Sequence[Event]) -> Event:
    """Back from the last one, over the same call again, where nothing but tags came between."""
    found = known[-1]
    changes = [each for each in before if "Tag" not in each.name]
    while (place := changes.index(found) if found in changes else 0) > 0:
        earlier = changes[place - 1]
        if earlier not in known or earlier.name != found.name:
            break
        found = earlier
    return found


CLOSES = ("Revoke", "Remove", "Detach", "Disassociate", "Deregister", "Reset")


def _rank(event: Event) -> int:
    """Tags change nothing that a control looks at; what is put, modified or opened does.

    What takes a right away comes last: it is rather the answer to what happened.
    """
    if "Tag" in event.name or event.name.startswith(CLOSES) or _removes(event):
        return 0
    if event.name.startswith(("Authorize", "Put", "Modify", "Update", "Set", "Disable", "Add")):
        return 3
    return 2 if event.name.startswith(("Create", "Run", "Attach", "Associate", "Delete")) else 1


def _removes(event: Event) -> bool:
    """A parameter, on the first two levels, says what to take away, and none what to add."""
    names = [name.lower() for name in event.parameters]
    inner = [
        str(name).lower()
        for value in event.parameters.values()
        if isinstance(value, dict)
        for name in value
    ]
    said = (*names, *inner)
    takes = any(each.startswith("remove") or each.endswith("toremove") for each in said)
    gives = any(each.startswith("add") or each.endswith("toadd") for each in said)
    return takes and not gives
