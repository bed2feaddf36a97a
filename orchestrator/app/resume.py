"""`resume`: what is left of a run that broke off, or that went wrong in parts."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator import wiring
from orchestrator.app import elsewhere
from orchestrator.app.names import named
from orchestrator.app.project import Project
from orchestrator.errors import NotResumable, UsageError
from orchestrator.model.events import Option
from orchestrator.model.history import History

RESUMABLE = frozenset({"plan", "apply", "drift", "verify"})
"""Commands that keep a journal, and whose rest can be done."""


def unfinished(project: Project, run: str) -> History:
    """The run that is named, if something is left of it. Raises NotResumable, UsageError."""
    history = elsewhere.known(project, named(run, wiring.runs(project.runs).runs()))
    if elsewhere.goes_on(history):
        raise NotResumable(history.inputs.run, ("workers are still at it: orchestrator cancel",))
    name = history.inputs.command
    if name not in RESUMABLE:
        fix = "bootstrap may be run again as often as needed" if name == "bootstrap" else ""
        raise UsageError(f"a run of '{name}' cannot be resumed", fix)
    if not history.unsettled:
        raise NotResumable(history.inputs.run, ("nothing is left of it to do",))
    return history


def options(history: History) -> Mapping[str, Option]:
    """Those of the run, without a pause that it has got past."""
    kept = {name: value for name, value in history.inputs.options.items() if value is not None}
    if _paused(history):
        kept.pop("pause_after", None)
    return kept


def _paused(history: History) -> bool:
    """Whether the run has got past the wave after which it was to end."""
    wave = f"wave {history.inputs.options.get('pause_after')}"
    keys = dict(history.inputs.groups).get(wave, ())
    return all(history.stacks[key].settled for key in keys)
