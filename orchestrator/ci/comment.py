"""The one comment a change has: found again by a mark in its first line, which names the run."""

from __future__ import annotations

import re

from orchestrator.model.run import Run
from orchestrator.views import run as view

MARK = "<!-- orchestrator plan "
NONE = "none"
FIRST_LINE = re.compile(r"<!-- orchestrator plan (?P<run>none|[0-9]{8}-[0-9]{6}-[0-9a-f]{4}) -->")
"""Only where a comment begins: further down there are texts of others."""
ROOM = 400
"""Bytes for the mark and the last lines."""


def body(run: Run) -> str:
    """What the plans of `run` would do, by their classes: at most 65,536 bytes."""
    page = view.markdown(run, ROOM)
    last = f"Run `{run.id}`. The merge applies exactly these plans, as far as the gate lets them."
    return f"{MARK}{run.id} -->\n{page.rstrip()}\n\n{last}\n"


def nothing() -> str:
    """Said where a change affects no stack: what was planned before is of no use any more."""
    return f"{MARK}{NONE} -->\n### plan: nothing is affected\n\nThe merge applies nothing.\n"


def marked(text: str) -> str | None:
    """The run that a comment is about, '' for none; None if it is not such a comment."""
    found = FIRST_LINE.match(text)
    if found is None:
        return None
    return "" if found["run"] == NONE else found["run"]
