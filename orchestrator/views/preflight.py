"""What is in a rollout's way, as text for 80 columns and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from orchestrator.model.preflight import Check, Standing, code_of

JSON_VERSION = 1
WIDTH = 80
SHOUTED = frozenset({Standing.IN_THE_WAY, Standing.UNKNOWN})
ORDER = (Standing.IN_THE_WAY, Standing.UNKNOWN, Standing.MISSING, Standing.OK)


def text(checks: Sequence[Check]) -> str:
    """Area after area what is not well, then the sum. What is well is counted only."""
    areas = dict.fromkeys(check.area for check in checks)
    lines = [line for area in areas for line in _area(area, checks)]
    return _printable("\n".join([*lines, _sum(checks)]))


def _area(area: str, checks: Sequence[Check]) -> Iterator[str]:
    mine = [check for check in checks if check.area == area]
    well = sum(check.found.standing is Standing.OK for check in mine)
    yield f"{area}: {well} of {len(mine)} ok"
    for check in sorted(mine, key=lambda check: ORDER.index(check.found.standing)):
        if check.found.standing is not Standing.OK:
            yield from _lines(check)


def _lines(check: Check) -> Iterator[str]:
    found = check.found
    standing = str(found.standing)
    word = standing.upper() if found.standing in SHOUTED else standing
    says = f"{check.what}: {found.says}" if found.says else check.what
    yield from _wrapped(f"  {word:<10} ", says)
    if found.fix:
        yield from _wrapped("    fix: ", found.fix)
    if found.setting:
        yield from _wrapped("    setting: ", found.setting)


def _wrapped(start: str, words: str) -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(checks: Sequence[Check]) -> str:
    counts = Counter(check.found.standing for check in checks)
    said = ", ".join(f"{counts[standing]} {standing}" for standing in ORDER if counts[standing])
    return f"{len(checks)} checks: {said}"


def as_json(checks: Sequence[Check]) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "ready": code_of(checks) == 0,
        "checks": [_document(check) for check in checks],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(check: Check) -> Mapping[str, str]:
    found = check.found
    return {
        "area": check.area,
        "what": check.what,
        "standing": str(found.standing),
        "says": found.says,
        "fix": found.fix,
        "setting": found.setting,
    }


def _printable(said: str) -> str:
    """What AWS calls things cannot play tricks with the terminal; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in said)


VIEWS: Mapping[str, Callable[[Sequence[Check]], str]] = {"text": text, "json": as_json}
