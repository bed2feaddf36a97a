"""What a job of GitHub Actions or GitLab CI writes there, and asks: `ci comment`, `planned`,
`upload` and `token`.

A change has one comment. It is found again by a mark in its first line, which names the run.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestrator import wiring
from orchestrator.app.kept_runs import named
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import NotificationFailed, UsageError
from orchestrator.model.review import Comment
from orchestrator.model.run import Run
from orchestrator.ports import Forge

MARK = "<!-- orchestrator plan "
NONE = "none"
FIRST_LINE = re.compile(r"<!-- orchestrator plan (?P<run>none|[0-9]{8}-[0-9]{6}-[0-9a-f]{4}) -->")
"""Only where a comment begins: further down there are texts of others."""
ROOM = 400
"""Bytes for the mark and the last lines."""
AUDIENCE = "sts.amazonaws.com"
SOON = 15
"""Seconds after which a token that could not be had is asked for again."""

Page = Callable[[Run, int], str]
"""A run as Markdown, which leaves so many bytes of a comment to others."""


def comment(project: Project, kind: str | None, name: str | None, page: Page) -> str:
    """Show the plans of the run `name` on this job's change, or that it affects nothing.

    Returns what was done, '' where the comment says so already. Raises UsageError.
    """
    text = nothing() if name is None else body(_planned(project, name), page)
    forge = _opened(project, kind)
    ours = _ours(forge.comments())
    if ours and ours[0].body.strip() == text.strip():
        return ""
    forge.write(text, ours[0] if ours else None)
    return "the comment is written anew" if ours else "there is a comment now"


def planned(project: Project, kind: str | None) -> str:
    """The run whose plans were shown on the change that this job's commit merges; '' for none.

    Raises UsageError where nothing was shown.
    """
    comments = _opened(project, kind).merged()
    ours = _ours(comments or ())
    if not ours:
        what = "no change" if comments is None else "no plan that was shown on a change"
        raise UsageError(
            f"{what} has been merged with this commit",
            "plan and apply it by hand: orchestrator plan all --out",
        )
    return marked(ours[0].body) or ""


def upload(project: Project, kind: str | None, file: Path) -> None:
    """Hand over a SARIF file to code scanning. Raises UsageError."""
    try:
        log = file.read_text("utf-8")
        json.loads(log)
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: no SARIF can be read there: {error}", "make it anew") from error
    _opened(project, kind).scanned(log)


def token(project: Project, file: Path, every: int | None) -> None:
    """Write the job's identity to `file`; with `every`, a new one each so many seconds."""
    wiring.whole(file, wiring.identity(project.environ, AUDIENCE))
    pause = every
    while pause and every:
        time.sleep(pause)
        try:
            wiring.whole(file, wiring.identity(project.environ, AUDIENCE))
            pause = every
        except NotificationFailed as error:
            project.say(f"the token is not renewed: {error.message}")
            pause = min(SOON, every)


def body(run: Run, page: Page) -> str:
    """What the plans of `run` would do, by their classes: at most 65,536 bytes."""
    last = f"Run `{run.id}`. The merge applies exactly these plans, as far as the gate lets them."
    return f"{MARK}{run.id} -->\n{page(run, ROOM).rstrip()}\n\n{last}\n"


def nothing() -> str:
    """Said where a change affects no stack: what was planned before is of no use any more."""
    return f"{MARK}{NONE} -->\n### plan: nothing is affected\n\nThe merge applies nothing.\n"


def marked(text: str) -> str | None:
    """The run that a comment is about, '' for none; None if it is not such a comment."""
    found = FIRST_LINE.match(text)
    if found is None:
        return None
    return "" if found["run"] == NONE else found["run"]


def _planned(project: Project, name: str) -> Run:
    kept = wiring.runs(project.runs)
    run = kept.run(named(name, kept.runs()))
    if run.command != "plan":
        raise UsageError(f"run {run.id} is one of {run.command}", "name a run of `plan --out`")
    return run


def _opened(project: Project, kind: str | None) -> Forge:
    if kind is None:
        raise UsageError("it is not said where this job runs", "say --github or --gitlab")
    return wiring.forge(kind, environment(project))


def _ours(comments: Sequence[Comment]) -> list[Comment]:
    return [each for each in comments if marked(each.body) is not None]
