"""Is this still what was reviewed? Pure: every difference is said, none is judged harmless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from orchestrator.model.journal import Ground
from orchestrator.model.review import Present, Reviewed

GROUND = {
    "orchestrator": "orchestrator",
    "terraform": "Terraform",
    "provider": "the AWS provider",
    "lock": "the provider lock file",
    "policies": "policies/",
}
"""What the fields of Ground are called; all are compared."""


def differences(
    reviewed: Reviewed, present: Present, before: Ground, now: Ground
) -> tuple[str, ...]:
    """Why the plan that was reviewed may not be applied as it is."""
    if reviewed.missing:
        return (f"there is no plan: {reviewed.missing}",)
    return (
        *ground(before, now),
        *_rendering(reviewed, present),
        *_stored("the plan file", reviewed.plan, present.files.plan),
        *_stored("the plan's JSON", reviewed.json, present.files.json),
        *_stored("the scan's result", reviewed.scan, present.files.scan),
        *state(reviewed.state, present.state),
    )


def ground(before: Ground, now: Ground) -> Iterator[str]:
    """What stands under all stacks and is not the same any more."""
    for field in fields(Ground):
        was, is_ = getattr(before, field.name), getattr(now, field.name)
        if was != is_:
            name = GROUND[field.name]
            digest = field.name in ("lock", "policies")
            yield f"{name} has changed" if digest else f"{name} was {was}, is {is_ or 'not there'}"


def modules(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Those that both call and that differ; who calls which, the rendered files say."""
    for name in sorted(before.keys() & now.keys()):
        if before[name] != now[name]:
            yield f"modules/{name} has changed"


def state(before: str, now: str) -> Iterator[str]:
    """Lineage and serial, in words."""
    if before == now:
        return
    (line, serial), (line_now, serial_now) = (text.rpartition(":")[::2] for text in (before, now))
    if line and line_now and line != line_now:
        yield f"the state is another one: lineage {line_now}, was {line}"
    else:
        yield f"the state has moved: serial {serial_now}, was {serial}"


def _rendering(reviewed: Reviewed, present: Present) -> Iterator[str]:
    now = present.source
    if reviewed.rendered == now.rendering.digest:
        return
    said = (*modules(reviewed.modules, now.modules), *_files(reviewed.files, now.files))
    yield from said or ("what is rendered has changed",)


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield f"{name} is not rendered any more"
        elif name not in before:
            yield f"{name} is rendered, and was not"
        elif before[name] != now[name]:
            yield f"{name} is rendered differently"


def _stored(what: str, before: str, now: str) -> Iterator[str]:
    if before != now:
        yield f"{what} {'has changed since the review' if now else 'is gone'}"
