"""What became of calls that were heard, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.model.drift import Heard
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.classes import change_line
from orchestrator.views.investigation import plain


def lines(
    results: Iterable[StackResult], calls: Mapping[StackKey, Sequence[Heard]]
) -> Iterator[str]:
    """A stack, what was found, and below it what has changed and who called what."""
    for result in results:
        key = result.key
        yield f"{key.account_name}/{key.stack} {result.outcome}{_why(result)}"
        if result.outcome is Outcome.IN_SYNC:
            continue
        for change in result.plan.drift if result.plan else ():
            yield f"  {plain(change_line(change))}"
        for heard in calls.get(key, ()):
            said = f"{heard.at:%Y-%m-%d %H:%M:%S} UTC {heard.call} by {heard.who}"
            yield f"  {plain(said)}, {heard.region}"


def _why(result: StackResult) -> str:
    why = result.reason or (result.checked.why if result.checked else "")
    return f": {plain(why)}" if why else ""
