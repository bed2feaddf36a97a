"""What closes most exposures first, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from orchestrator.controls.catalogue import counted
from orchestrator.model.exposures import RemediationTarget

JSON_VERSION = 1
OFF = (
    "the unified Security Hub is off in the security account's home region, "
    "so AWS knows of no exposures"
)

Targets = tuple[RemediationTarget, ...] | None
"""None where the unified hub is off."""


def text(targets: Targets) -> str:
    """A change a line, with what it closes and where it is made."""
    return OFF if targets is None else "\n".join(_lines(targets))


def _lines(targets: tuple[RemediationTarget, ...]) -> Iterator[str]:
    yield f"{counted(len(targets), 'change')} to resources that are exposed"
    for each in targets:
        yield ""
        yield f"{each.account}/{each.region}  {each.resource}"
        yield f"    {each.action}"
        yield f"    {each.closes or 'closes none by itself'}; priority {each.priority}"


def as_json(targets: Targets) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "on": targets is not None,
        "changes": [asdict(each) for each in targets or ()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


VIEWS: Mapping[str, Callable[[Targets], str]] = {"text": text, "json": as_json}
