"""Earlier runs as text for a terminal, as JSON for machines, one of them also as Markdown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

from orchestrator.model.history import History, StackHistory, Status
from orchestrator.model.names import StackKey
from orchestrator.model.run import LEFT_ALONE, Outcome
from orchestrator.views.markdown import markdown as escaped

JSON_VERSION = 1


def table(runs: Sequence[History]) -> str:
    """A line a run."""
    if not runs:
        return "no run is kept here"
    rows = [("run", "command", "started (UTC)", "state", "stacks")]
    rows += [(*_cells(run), _counts(run) + _resumed(run)) for run in runs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cells(run: History) -> tuple[str, str, str, str]:
    return (
        run.inputs.run,
        run.inputs.command,
        f"{run.started:%Y-%m-%d %H:%M:%S}",
        str(run.status),
    )


def _resumed(run: History) -> str:
    return f"  (resumes {run.inputs.resumes})" if run.inputs.resumes else ""


def _counts(run: History) -> str:
    """'10 applied, 2 refused, 3 without a result', the worst last."""
    seen = Counter(run.outcomes.values())
    open_ = len(run.stacks) - len(run.outcomes)
    said = [f"{seen[outcome]} {outcome}" for outcome in Outcome if seen[outcome]]
    return ", ".join([*said, f"{open_} without a result"] if open_ else said) or "nothing"


def table_json(runs: Sequence[History]) -> str:
    document = {"version": JSON_VERSION, "runs": [_head(run) for run in runs]}
    return json.dumps(document, indent=2)


def _head(run: History) -> Mapping[str, object]:
    return {
        "run": run.inputs.run,
        "command": run.inputs.command,
        "started": run.started.isoformat(timespec="seconds"),
        "state": str(run.status),
        "exit_code": run.ending.exit_code if run.ending else None,
        "counts": {str(o): n for o, n in sorted(Counter(run.outcomes.values()).items())},
        "stacks": len(run.stacks),
        "resumes": run.inputs.resumes or None,
    }


def as_json(run: History) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    inputs = run.inputs
    document = {
        "version": JSON_VERSION,
        **_head(run),
        "selection": inputs.selection,
        "options": dict(inputs.options),
        "ground": asdict(inputs.tool_versions),
        "origin": asdict(inputs.origin),
        "modules": dict(inputs.modules),
        "lifted": inputs.lifted and asdict(inputs.lifted),
        "manifest": run.manifest or None,
        "halted": run.halted or None,
        "error": run.ending.error or None if run.ending else None,
        "journal": [*run.garbled, *filter(None, (run.torn,))],
        "groups": [
            {
                "name": group.name,
                "started": group.started.isoformat(timespec="seconds"),
                "failed": group.failed,
                "seconds": group.seconds,
            }
            for group in run.groups
        ],
        "results": [_stack(key, stack) for key, stack in run.stacks.items()],
    }
    return json.dumps(document, indent=2)


def _stack(key: StackKey, stack: StackHistory) -> Mapping[str, object]:
    return {
        "account_id": key.account_id,
        "account": key.account_name,
        "stack": str(key.stack),
        "outcome": stack.outcome and str(stack.outcome),
        "reasons": list(stack.reasons),
        "state": stack.state or None,
        "stages": [{"stage": s.stage, "seconds": s.seconds, "note": s.note} for s in stack.stages],
    }


def text(run: History) -> str:
    """The run in full; of what went well only counts and times."""
    blocks = (_asked(run), _groups(run), _times(run), _troubles(run))
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block)


def _asked(run: History) -> Iterator[str]:
    ended = f", exit code {run.ending.exit_code}" if run.ending else ""
    yield f"run {run.inputs.run}: {run.inputs.command}, {run.status}{ended}; {_counts(run)}"
    yield from (f"  {name:<12}  {value}" for name, value in _facts(run) if value)
    yield from (f"  journal       {said}" for said in (*run.garbled, run.torn) if said)


def _facts(run: History) -> Iterator[tuple[str, str]]:
    inputs, ending = run.inputs, run.ending
    took = f" for {ending.seconds:.0f} s" if ending else ""
    yield "started", f"{run.started:%Y-%m-%d %H:%M:%S} UTC{took}"
    yield "by", _by(run)
    yield "resumes", inputs.resumes
    yield "selection", inputs.selection
    yield "options", ", ".join(f"{k}={v}" for k, v in inputs.options.items() if v is not None)
    yield "revision", inputs.origin.revision[:12]
    tool_versions = inputs.tool_versions
    provider = f"AWS provider {tool_versions.provider}" if tool_versions.provider else ""
    orchestrator = (
        f"orchestrator {tool_versions.orchestrator}" if tool_versions.orchestrator else ""
    )
    yield "versions", ", ".join(filter(None, (orchestrator, tool_versions.terraform, provider)))
    yield "plans", f"stored, manifest {run.manifest}" if run.manifest else ""
    if inputs.lifted:
        yield "lifted", f"{'; '.join(inputs.lifted.limits)}: {inputs.lifted.reason}"
    yield "halted", run.halted
    yield "broke off", ending.error if ending else ""


def _by(run: History) -> str:
    origin = run.inputs.origin
    return f"{origin.user or 'an unknown user'} on {origin.host}" if origin.host else ""


def _groups(run: History) -> Iterator[str]:
    sizes = {name: len(keys) for name, keys in run.inputs.groups}
    for group in run.groups:
        spent = f"{group.seconds:.1f} s" if group.seconds is not None else "not ended"
        failed = f", {group.failed} failed" if group.failed else ""
        yield f"{group.name}: {sizes.get(group.name, 0)} stacks, {spent}{failed}"


def _times(run: History) -> Iterator[str]:
    """How long stages took: 'plan 12, median 14.2 s, longest 20.1 s'."""
    spent: defaultdict[str, list[float]] = defaultdict(list)
    for stack in run.stacks.values():
        for ended in stack.stages:
            spent[ended.stage].append(ended.seconds)
    for stage, seconds in spent.items():
        ordered = sorted(seconds)
        middle, longest = ordered[len(ordered) // 2], ordered[-1]
        times = f"median {middle:.1f} s, longest {longest:.1f} s"
        yield f"{stage:<8}  {len(ordered):>4} times, {times}"


def _troubles(run: History) -> Iterator[str]:
    outcomes = run.outcomes
    for key, stack in run.stacks.items():
        if stack.settled and stack.outcome not in LEFT_ALONE:
            continue
        if run.status is Status.RUNNING and not stack.begun:
            continue
        at = f"in {stack.begun[-1]}" if stack.outcome is None and stack.begun else ""
        said = " ".join(filter(None, (str(outcomes.get(key, "")), at)))
        yield f"{key.account_name}/{key.stack}  {said}"
        for reason in stack.reasons:
            yield from (f"    {line}" for line in reason.splitlines())


def markdown(run: History) -> str:
    """For a ticket or a pull request: what was asked, and what did not come through."""
    facts = [f"| {name} | {escaped(value)} |" for name, value in _facts(run) if value]
    head = f"### run {run.inputs.run}: {run.inputs.command}, {run.status}"
    notes = [
        f"- **{escaped(f'{key.account_name}/{key.stack}')}**: "
        f"{escaped(str(run.outcomes.get(key, 'without a result')))}"
        + "".join(f"; {escaped(reason)}" for reason in stack.reasons)
        for key, stack in run.stacks.items()
        if not stack.settled
    ]
    rows = ["| | |", "|---|---|", f"| stacks | {escaped(_counts(run))} |", *facts]
    return "\n".join([head, "", *rows, "", *notes]).rstrip()


VIEWS: Mapping[str, Callable[[History], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
}
TABLES: Mapping[str, Callable[[Sequence[History]], str]] = {"text": table, "json": table_json}
