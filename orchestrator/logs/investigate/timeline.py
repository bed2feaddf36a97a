"""The answer to who, when and what: a timeline, the call that made a control fail, and its caller.

Pure but for the lake: the same lake and subject give the same investigation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.errors import UsageError
from orchestrator.logs.event import Event
from orchestrator.logs.investigate.acts import acts
from orchestrator.logs.investigate.principals import GIVERS, Principals, Who, tool
from orchestrator.logs.investigate.resources import Change, Resource, changes, resolve
from orchestrator.logs.investigate.root_cause import Certainty, root_cause
from orchestrator.logs.investigate.subject import (
    Causes,
    Failing,
    Finding,
    PrincipalSubject,
    ResourceSubject,
    Subject,
)
from orchestrator.logs.lake.question import (
    Answer,
    By,
    Calls,
    Lake,
    Question,
    Scope,
    Touching,
    Window,
)

HOUR = timedelta(hours=1)
BEFORE = timedelta(days=90)
"""How far back to look by default. LookupEvents goes no further."""

LIMIT = 5_000
SHOWN = 500

READS = frozenset(
    {
        *("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters"),
        *("GetParametersByPath", "GetParameterHistory", "Decrypt", "GetPasswordData"),
        *("GetObject", "SelectObjectContent", "GetItem", "BatchGetItem", "Query", "Scan"),
        *("GetRecords", "ReceiveMessage", "GetLogEvents", "FilterLogEvents", "GetQueryResults"),
        *(
            "GetSnapshotBlock",
            "ListSnapshotBlocks",
            "DownloadDBLogFilePortion",
        ),
        *("GetFunction20150331v2", "GetAuthorizationToken", "GetCredentialReport"),
    }
)
"""Calls that read what is secret or stored: who made them matters as much as who changed something.
Source: Service Authorization Reference, actions of access level Read that return content."""


def matters(event: Event) -> bool:
    """Whether the event is listed: a change, a read of data, a sign-in or a session that began."""
    return not event.read_only or event.name in READS or event.name in GIVERS


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the timeline, and what is known about it."""

    event: Event
    who: Who
    tool: str
    place: str
    changes: tuple[Change, ...]
    ours: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What a principal did in the hour before and the hour after, by call; errors by code."""

    window: Window
    calls: tuple[tuple[str, int], ...]
    errors: tuple[tuple[str, int], ...]
    changing: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Investigation:
    """All that was found. `reads` are calls that only read and are counted, not listed.

    `entries` are changes, and reads of what is secret or stored; `cut` of them are left out.
    """

    title: str
    control: str
    resources: tuple[str, ...]
    window: Window
    entries: tuple[Entry, ...]
    reads: int
    root_cause: Entry | None
    certainty: Certainty | None
    around: Around | None
    notes: tuple[str, ...]
    cut: int = 0


def investigate(
    lake: Lake,
    about: Subject,
    now: datetime,
    causes_of: Causes,
    start: datetime | None = None,
    end: datetime | None = None,
    control: str = "",
    *,
    reads: bool = False,
) -> Investigation:
    """Ask the lake about a finding, a resource or a principal.

    Without `start`, 90 days before the finding was first seen, or before `now`. With `reads`, calls
    that only read are listed as well, and not only those that read data.
    """
    listed = _anything if reads else matters
    match about:
        case Finding():
            return _of_finding(lake, about, start, end, control, causes_of, listed)
        case ResourceSubject(uid):
            window = _window(start or now - BEFORE, end or now)
            resources = (resolve(uid),)
            failing = Failing(control, causes_of(control))
            return _of_resources(lake, uid, resources, window, window.end, failing, listed)
        case PrincipalSubject(name, who):
            window = _window(start or now - BEFORE, end or now)
            return _of_principal(lake, name, who, window, listed)


Listed = Callable[[Event], bool]


def _anything(_: Event) -> bool:
    return True


def _window(start: datetime, end: datetime) -> Window:
    if start >= end:
        raise UsageError(
            f"{start:%Y-%m-%d %H:%M} is not before {end:%Y-%m-%d %H:%M}",
            "give --from an earlier time than --to, or than the finding's last one",
        )
    return Window(start, end)


def _of_finding(
    lake: Lake,
    about: Finding,
    start: datetime | None,
    end: datetime | None,
    control: str,
    causes_of: Causes,
    listed: Listed,
) -> Investigation:
    window = _window(
        start or about.first_seen - BEFORE,
        end or max(about.last_seen, about.first_seen) + timedelta(seconds=1),
    )
    resources = tuple(resolve(uid, about.account, about.region) for uid in about.resources)
    title = f"{about.title or about.uid} ({about.account}, {about.region})"
    seen = about.first_seen + timedelta(seconds=1)
    control = control or about.control
    failing = Failing(control, causes_of(control))
    return _of_resources(lake, title, resources, window, seen, failing, listed)


def _of_resources(
    lake: Lake,
    title: str,
    resources: Sequence[Resource],
    window: Window,
    seen: datetime,
    failing: Failing,
    listed: Listed,
) -> Investigation:
    answers = [_asked(lake, each, failing, window) for each in resources]
    events = sorted(
        {e.uid: e for answer in answers for e in answer.events}.values(),
        key=lambda e: (e.time, e.uid),
    )
    changing = [each for each in events if not each.read_only]
    principals = Principals(lake)
    found, certainty = root_cause(changing, failing.causes, seen)
    shown = [each for each in events if listed(each)]
    entries = tuple(_entry(each, changing, principals) for each in _kept(shown, found))
    one = next((each for each in entries if each.event is found), None)
    notes = [*lake.limits, *(_cut_off for answer in answers if answer.more)]
    cut = len(shown) - len(entries)
    notes += _left_out(cut)
    if one is None:
        notes.append(_nothing(window, failing.control))
    return Investigation(
        title,
        failing.control,
        tuple(each.uid for each in resources),
        window,
        entries,
        len(events) - len(shown),
        one,
        certainty if one else None,
        _around(lake, one.event) if one else None,
        tuple(dict.fromkeys(notes)),
        cut,
    )


def _left_out(cut: int) -> list[str]:
    """What a cut list says of the rest."""
    if cut <= 0:
        return []
    return [f"{cut} earlier events are not listed: name a shorter time with --from and --to"]


_cut_off = f"more than {LIMIT} events touch the resource; name a shorter time with --from and --to"


def _nothing(window: Window, control: str) -> str:
    what = f"that makes {control} fail" if control else "that changes the resource"
    days = f"{window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC"
    return f"no call {what} was found from {days}: it may be older, or not in this lake"


def _asked(lake: Lake, resource: Resource, failing: Failing, window: Window) -> Answer:
    """Events that touch the resource; of what belongs to an account as a whole, those by name."""
    if resource.whole_account and failing.causes:
        scope = Scope(resource.scope.accounts)
        return lake.ask(Question(Calls(failing.names), window, scope, LIMIT))
    found = lake.ask(Question(Touching(resource.names), window, resource.scope, LIMIT))
    if found.events or not resource.scope.regions:
        return found
    return lake.ask(Question(Touching(resource.names), window, Scope(), LIMIT))


def _kept(changing: Sequence[Event], found: Event | None) -> list[Event]:
    """The last ones, and the one that matters wherever it stands."""
    kept = list(changing[-SHOWN:])
    return kept if found is None or found in kept else [found, *kept]


def _entry(event: Event, others: Iterable[Event], principals: Principals) -> Entry:
    who = principals.behind(event)
    return Entry(event, who, tool(event), place(event), changes(event, others), who.ours)


def outcome(event: Event) -> str:
    """Whether a call was done, in a few words; of a sign-in also that no second factor was asked.

    Source: CloudTrail User Guide, AWS Management Console sign-in events.
    """
    said = f"failed: {event.error}" if event.error else "done"
    signed_in = event.service == "signin.amazonaws.com"
    return f"{said}, no MFA" if signed_in and event.actor.mfa is False else said


def place(event: Event) -> str:
    """Where a call came from, in words."""
    endpoint = event.extra.partition('"vpcEndpointAccountId":"')[2].partition('"')[0]
    if endpoint:
        return f"{event.source}, through a VPC endpoint of {endpoint}"
    if event.source.endswith(".amazonaws.com") or event.source == "AWS Internal":
        return f"{event.source}, on another principal's behalf"
    if event.actor.account and event.actor.account != event.account:
        return f"{event.source}, from account {event.actor.account}"
    return event.source


def _around(lake: Lake, event: Event) -> Around:
    actor = event.actor
    window = Window(event.time - HOUR, event.time + HOUR)
    who = By(
        arns=tuple(filter(None, (actor.arn,))),
        access_keys=tuple(filter(None, (actor.access_key,))),
    )
    if not (who.arns or who.access_keys):
        return Around(window, (), (), ())
    events = lake.ask(Question(who, window, limit=LIMIT)).events
    return Around(
        window,
        tuple(Counter(each.name for each in events).most_common()),
        tuple(Counter(each.error for each in events if each.error).most_common()),
        tuple(each for each in events if not each.read_only),
    )


def _of_principal(lake: Lake, name: str, who: By, window: Window, listed: Listed) -> Investigation:
    done = acts(lake, who, window, LIMIT)
    changing = [each for each in done.events if not each.read_only]
    shown = [each for each in done.events if listed(each)]
    principals = Principals(lake)
    notes = list(lake.limits)
    if done.more:
        notes.append(f"only the first {LIMIT} calls; name a shorter time with --from and --to")
    if not done.events:
        notes.append(
            f"nothing by {name} was found: write the session's name, its ARN or a key; "
            "--resource if it is the name of a resource"
        )
    entries = tuple(_entry(each, changing, principals) for each in shown[-SHOWN:])
    cut = len(shown) - len(entries)
    return Investigation(
        name,
        "",
        (),
        window,
        entries,
        len(done.events) - len(shown),
        None,
        None,
        None,
        (*notes, *_left_out(cut)),
        cut,
    )
