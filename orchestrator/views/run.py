"""A run as text for a terminal, as JSON for machines, as Markdown for a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape as html

from orchestrator.documents.run import as_json, changes_of
from orchestrator.model.drift import DriftEvent
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Change
from orchestrator.model.run import Answer, Checked, How, Outcome, Run, StackResult
from orchestrator.views import classes, formats
from orchestrator.views.classes import HANDFUL, change_line, value_lines
from orchestrator.views.markdown import fenced, plain
from orchestrator.views.markdown import markdown as escaped


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
            yield from (f"      {value}" for value in value_lines(change))
        for drift_event in calls.get(key, ()):
            said = f"{drift_event.at:%Y-%m-%d %H:%M:%S} UTC {drift_event.call} by {drift_event.who}"
            yield f"  {plain(said)}, {drift_event.region}"


def _why(result: StackResult) -> str:
    why = result.reason or (result.checked.why if result.checked else "")
    return f": {plain(why)}" if why else ""


SHORT = 60


def text(run: Run) -> str:
    """What happened, the troubled stacks in full, then one line of counts."""
    last = f"run {run.id}: {counts(run)} ({run.seconds:.0f} s)"
    if run.overrides:
        last = f"overrides: {', '.join(run.overrides)}\n{last}"
    if _many(run):
        return f"{classes.text(run)}\n{last}"
    width = max((len(_title(result)) for result in run.results), default=0)
    lines = [line for result in run.results for line in _text_of(result, width, run.started)]
    return "\n".join([*lines, "", last])


def _many(run: Run) -> bool:
    """Whether there are more plans than are reviewed one by one."""
    return run.command == "plan" and len(run.results) > HANDFUL


def counts(run: Run) -> str:
    """'10 applied, 2 refused', the worst last."""
    seen = Counter(result.outcome for result in run.results)
    return ", ".join(f"{seen[o]} {o}" for o in Outcome if seen[o]) or "nothing to do"


def _title(result: StackResult) -> str:
    return f"{result.key.account_name}/{result.key.stack}"


def _text_of(result: StackResult, width: int, started: str) -> Iterator[str]:
    cell = "; ".join(filter(None, (_headline(result), _checked(result.checked, started))))
    yield f"{_title(result):<{width}}  {result.outcome:<10}  {cell}".rstrip()
    if result.outcome in (Outcome.PLANNED, Outcome.REFUSED, Outcome.DRIFTED):
        for change in changes_of(result):
            yield f"    {change_line(change)}"
            yield from (f"        {value}" for value in value_lines(change))
    if result.checked is not None:
        yield from _notification_of(result.checked)
    if result.verdict is not None:
        yield from (f"    refused: {reason}" for reason in result.verdict.reasons)
    yield from (f"    {probe}" for probe in result.on_its_way)
    if not _short(result.reason):
        yield from (f"    {line}" for line in result.reason.splitlines())


def _notification_of(checked: Checked) -> Iterator[str]:
    """What a plan has seen beyond its changes."""
    yield from (f"    suppressed: {change}" for change in checked.suppressed)
    yield from (f"    written otherwise: {address}" for address in checked.normalised)
    yield from (f"    comes back again and again: {address}" for address in checked.flapping)


def _checked(checked: Checked | None, started: str) -> str:
    """How a stack was compared with AWS, and how old the last plan of it is."""
    if checked is None:
        return ""
    if checked.how is How.EXACT:
        return f"planned, {checked.why}"
    return f"read, planned {_age(datetime.fromisoformat(started) - checked.exact_at)} ago"


def _age(time: timedelta) -> str:
    minutes = max(0, time // timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


def _short(reason: str) -> bool:
    """Whether a reason fits behind the outcome, instead of below it."""
    return len(reason) <= SHORT and "\n" not in reason


def _headline(result: StackResult) -> str:
    if result.probes and result.plan is None:
        good = sum(probe.answer is Answer.AS_DECLARED for probe in result.probes)
        late = f", {len(result.on_its_way)} on its way" if result.on_its_way else ""
        return f"{good} of {len(result.probes)} as declared{late}"
    seen = Counter(change.action for change in changes_of(result))
    counted = ", ".join(f"{count} {action}" for action, count in sorted(seen.items()))
    return counted or (result.reason if _short(result.reason) else "")


def markdown(run: Run, room: int = 0) -> str:
    """A table, and the reasons of what did not go through; of many stacks, their classes.

    It leaves `room` bytes of a comment to others.
    """
    pages = () if _many(run) else ("\n".join([_table(run), *_folded(run)]), _table(run))
    limit = classes.LIMIT - room
    fitting = (page for page in pages if len(page.encode(errors="replace")) <= limit)
    return next(fitting, None) or classes.markdown(run, room)


def _folded(run: Run) -> Iterator[str]:
    """What would change in each stack, to be opened."""
    for result in run.results:
        if result.outcome not in (Outcome.PLANNED, Outcome.REFUSED, Outcome.DRIFTED):
            continue
        lines = [line for change in changes_of(result) for line in _diff(change)]
        if lines:
            title = f"<code>{html(plain(_title(result)))}</code>: {html(_headline(result))}"
            yield f"\n<details><summary>{title}</summary>\n\n{fenced(lines, 'diff')}\n\n</details>"


def _diff(change: Change) -> Iterator[str]:
    """A change as a block whose lines a forge colours by what they begin with."""
    yield plain(change_line(change))
    for value in value_lines(change):
        sign, rest = value[:1], value[1:]
        yield f"{sign if sign in '+-' else ' '}     {sign if sign == '~' else ' '}{rest}"


def _table(run: Run) -> str:
    rows = [
        f"| {escaped(_title(result))} | {result.outcome} | {_cell(result, run.started)} |"
        for result in run.results
    ]
    notes = [
        f"- **{escaped(_title(result))}**: {escaped(reason)}"
        for result in run.results
        for reason in _reasons(result)
    ]
    head = f"### {run.command}: {counts(run)}"
    own = classes.overrides(run)
    return "\n".join(
        [head, "", *own, "| stack | outcome | changes |", "|---|---|---|", *rows, "", *notes]
    )


def _cell(result: StackResult, started: str) -> str:
    checked = escaped(_checked(result.checked, started))
    return "; ".join(filter(None, (_headline(result), checked)))


def _reasons(result: StackResult) -> Iterator[str]:
    if result.verdict is not None:
        yield from result.verdict.reasons
    if result.reason:
        yield result.reason
    for probe in result.probes:
        if probe.pending or (probe.answer is not Answer.AS_DECLARED and not result.reason):
            yield str(probe) if probe.pending else f"{probe.what}: {probe.answer}"


VIEWS: Mapping[str, Callable[[Run], str]] = {
    "text": text,
    "json": as_json,
    "junit": formats.xml,
    "markdown": markdown,
    "sarif": formats.log,
}
