"""What another version renders differently, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.model.upgrade import RootClass, Upgrade

JSON_VERSION = 1
NAMES = 5


def text(found: Upgrade) -> str:
    return "\n".join(_lines(found))


def _lines(found: Upgrade) -> Iterator[str]:
    yield f"orchestrator {found.before} \u2192 {found.after}"
    for each in found.roots:
        yield ""
        yield from _root(each)
    if found.modules:
        yield ""
    for module in found.modules:
        yield f"modules/{module.name} is another"
        yield from (f"    {file}" for file in module.files)
    yield ""
    yield f"{found.unchanged} {_noun(found.unchanged)} rendered as before" + (
        "" if found.modules else ", by the same modules"
    )


def _root(each: RootClass) -> Iterator[str]:
    count = len(each.members)
    yield f"{count} {each.stack} {'stack' if count == 1 else 'stacks'}"
    names = [key.account_name for key in each.members]
    more = f" and {count - NAMES} more" if count > NAMES else ""
    yield f"    in {', '.join(names[:NAMES])}{more}"
    yield from (f"    {line}" for line in each.lines)


def _noun(count: int) -> str:
    return "stack is" if count == 1 else "stacks are"


def as_json(found: Upgrade) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "before": found.before,
        "after": found.after,
        "unchanged": found.unchanged,
        "roots": [
            {
                "stack": str(each.stack),
                "accounts": [key.account_name for key in each.members],
                "lines": list(each.lines),
            }
            for each in found.roots
        ],
        "modules": [{"name": each.name, "files": list(each.files)} for each in found.modules],
    }
    return json.dumps(document, indent=2)
