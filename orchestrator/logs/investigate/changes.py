"""What a call has changed: the parameters that matter, and what they were before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import as_text, compact

NOISE = frozenset(
    {
        *("Host", "host", "clientToken", "clientRequestToken", "dryRun", "maxResults", "nextToken"),
        *("filterSet", "requestId", "_return", "x-id", "acl", "policy", "publicAccessBlock"),
        *("encryption", "versioning", "logging", "lifecycle", "website", "cors", "tagging"),
        *("versionId", "uploadId", "prefixListIds", "bucketKeyEnabled"),
    }
)
"""Names without meaning of their own. S3 writes the sub-resource as a parameter `policy: [""]`."""

SECRET = ("password", "secret", "token", "privatekey", "authorization")
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter's value. `before` is empty when no earlier call tells it."""

    path: str
    after: str
    before: str = ""


def changes(event: Event, earlier: Iterable[Event]) -> tuple[Change, ...]:
    """The call's parameters; beside each, its value in the last earlier call that set it.

    `earlier` are calls that touched the same resource, in order of time.
    """
    last: dict[str, str] = {}
    for each in earlier:
        if each.time < event.time and not each.error and each.name == event.name:
            last = dict(flat(each.parameters))
    return tuple(
        Change(path, value, last.get(path, "") if last.get(path) != value else "")
        for path, value in flat(event.parameters)
    )


def flat(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each value with its path; noise left out, secrets hidden, long ones cut."""
    for path, value in _leaves(parameters, ()):
        if any(word in path.lower() for word in SECRET):
            yield path, "(hidden)"
        else:
            yield path, value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _leaves(value: object, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            meaningless = name in NOISE and not isinstance(inner, Mapping)
            if not (meaningless and (way or inner in ("", [""], [], None, True, 0, 1000))):
                yield from _leaves(inner, way if name == "items" else (*way, str(name)))
    elif isinstance(value, list):
        if all(not isinstance(each, dict | list) for each in value):
            if value:
                yield ".".join(way), ", ".join(map(as_text, value))
            return
        for number, each in enumerate(value):
            inner_way = way if len(value) == 1 else (*way, str(number + 1))
            yield from _leaves(each, inner_way)
    elif value is not None:
        yield ".".join(way), value if isinstance(value, str) else compact(value)
