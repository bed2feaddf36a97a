"""What became of calls that were heard, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.model.drift import DriftEvent
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.classes import change_line
from orchestrator.views.investigation import plain


def lines(
    results: Iterable[StackResult], calls: Mapping[StackKey, Sequence[DriftEvent]]
) -> Iterator[str]:
    """A stack, what was found, and below it what has changed and who called what."""
    for result in results:
        key = result.key
        yield f"{key.account_name}/{key.stack} {result.outcome}{_why(result)}"
        if result.outcome is Outcome.IN_SYNC:
            continue
        for change in result.plan.drift if result.plan else ():
            yield f"  {plain(change_line(change))}"
        for drift_event in calls.get(key, ()):
            said = f"{drift_event.at:%Y-%m-%d %H:%M:%S} UTC {drift_event.call} by {drift_event.who}"
            yield f"  {plain(said)}, {drift_event.region}"


def _why(result: StackResult) -> str:
    why = result.reason or (result.checked.why if result.checked else "")
    return f": {plain(why)}" if why else ""
