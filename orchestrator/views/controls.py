"""Decisions, dates and remediations as text for a terminal, as JSON, and as Markdown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from textwrap import fill

from orchestrator.controls.catalogue import Entry, counted
from orchestrator.controls.decisions import Decided, Due
from orchestrator.findings.evidence.question import TITLES, question_of
from orchestrator.model.hub_controls import Refreshed
from orchestrator.model.settings import DecisionKind
from orchestrator.views.markdown import code, markdown, plain


def refreshed(done: Refreshed) -> str:
    """What is in the file now, and what is different."""
    lines = [
        f"{done.file.name}: {counted(len(done.controls), 'control')} in "
        f"{counted(done.standards, 'standard')}"
    ]
    for label, names in (
        ("not listed before", done.added),
        ("no longer listed", done.gone),
        ("decided here, but not listed", done.unlisted),
        ("standards without a name here", done.unknown),
    ):
        if names:
            text = f"{label}: {', '.join(map(plain, names))}"
            lines.append(fill(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False))
    return "\n".join(lines)


JSON_VERSION = 1
WIDTH = 96


def decided(rows: Sequence[Decided], *, enabled: bool) -> str:
    """The decisions, then a line of counts."""
    lines = [line for row in rows for line in _decided(row)]
    kinds = Counter(row.decision.decision for row in rows)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in DecisionKind if kinds[kind])
    doubted = sum(bool(row.doubts) for row in rows)
    doubts = f"; {doubted} will not do what they say" if doubted else ""
    lines += ["", f"{counted(len(rows), 'decision')}: {counts or 'none'}{doubts}"]
    if not enabled:
        lines.append("nothing is fixed: organization.remediation.enabled is false")
    return "\n".join(lines)


def _decided(row: Decided) -> Iterator[str]:
    decision = row.decision
    yield (
        f"{row.control:<16}{decision.decision:<11}{_way(row):<26}"
        f"{counted(len(row.accounts), 'account')}, review by {decision.review_by}"
    )
    yield _indented(f"{decision.reason} ({decision.decided_by})")
    if row.place:
        yield _indented(str(row.place))
    for name, rule in decision.by_tag.items():
        tags = ", ".join(f"{key}={value}" for key, value in rule.tags.items())
        yield _indented(f"{name}: {rule.decision} with {tags}: {rule.reason}")
    for doubt in row.doubts:
        yield _indented(f"doubt: {doubt}")


def _way(row: Decided) -> str:
    """How what fails is fixed: 'disruptive, by itself'."""
    if row.decision.runbook:
        return "runbook"
    if row.remediation is None:
        return "no remediation"
    if row.decision.decision is not DecisionKind.REMEDIATE:
        return "can be fixed"
    return f"{row.remediation.risk}, {'by itself' if row.automatic else 'by hand'}"


def _indented(text: str) -> str:
    return fill(text, WIDTH, initial_indent="    ", subsequent_indent="      ")


def decided_json(rows: Iterable[Decided], *, enabled: bool) -> str:
    return _document(enabled=enabled, decisions=[_row(row) for row in rows])


def _row(row: Decided) -> dict[str, object]:
    decision, remediation = row.decision, row.remediation
    return {
        "control": row.control,
        **decision.model_dump(mode="json"),
        "file": row.place.file if row.place else None,
        "line": row.place.line if row.place else None,
        "accounts": list(row.accounts),
        "remediation": remediation.name if remediation else None,
        "risk": str(remediation.risk) if remediation else None,
        "automatic": row.automatic,
        "doubts": list(row.doubts),
    }


def due(rows: Sequence[Due], today: date) -> str:
    lines = []
    for row in rows:
        over = "  over" if row.overdue(today) else ""
        lines += [
            f"{row.on}  {row.control}  {row.what}, {row.who}{over}",
            _indented(row.reason),
            _indented(row.place),
        ]
    return "\n".join([*lines, f"{len(rows)} due"])


def due_json(rows: Iterable[Due], today: date) -> str:
    return _document(
        due=[
            {
                "on": row.on.isoformat(),
                "overdue": row.overdue(today),
                "control": row.control,
                "what": row.what,
                "who": row.who,
                "reason": row.reason,
                "place": row.place,
            }
            for row in rows
        ]
    )


def coverage(entries: Sequence[Entry]) -> str:
    """One line for each control, then a line of counts."""
    lines = [
        f"{entry.control:<20}{entry.remediation.risk:<13}{_undo(entry):<9}"
        f"{_who(entry):<11}{entry.remediation.effect}"
        for entry in entries
    ]
    return "\n".join([*lines, "", _counts(entries)])


def _counts(entries: Sequence[Entry]) -> str:
    live = [entry for entry in entries if not entry.retired]
    by_hand = sum(bool(entry.by_hand) for entry in live)
    lacking = sum(bool(entry.lacking) for entry in live)
    retired = len(entries) - len(live)
    return (
        f"{len(live)} controls; {len(live) - by_hand} can be fixed without a person, "
        f"{by_hand} by hand only; {len(live) - lacking} run from end to end in the sandbox; "
        f"{sum(bool(_logs(entry)) for entry in live)} with logs that say who uses the resource"
        + (f"; {retired} more that AWS has retired" if retired else "")
    )


def _who(entry: Entry) -> str:
    """Who fixes it, if it can fail at all."""
    if entry.retired:
        return "retired"
    return "by hand" if entry.by_hand else "by itself"


def _undo(entry: Entry) -> str:
    return "undo" if entry.undo else "no undo"


def coverage_json(entries: Sequence[Entry]) -> str:
    return _document(
        controls=[
            {
                "control": entry.control,
                "remediation": entry.remediation.name,
                "resource_type": entry.remediation.resource_type,
                "effect": entry.remediation.effect,
                "breaks": entry.remediation.breaks,
                "risk": entry.remediation.risk,
                "cost": entry.remediation.cost,
                "undo": entry.undo,
                "by_hand": entry.by_hand,
                "actions": list(entry.actions),
                "parameters": {
                    name: {"default": parameter.default, "meaning": parameter.meaning}
                    for name, parameter in entry.remediation.parameters.items()
                },
                "lacking": entry.lacking,
                "use": _logs(entry),
                "retired": str(entry.retired or ""),
            }
            for entry in entries
        ]
    )


def coverage_markdown(entries: Sequence[Entry]) -> str:
    """A table to overlook, then each control with its particulars."""
    head = ["| control | effect | risk | undo | without a person |", "|---|---|---|---|---|"]
    rows = [
        f"| [{entry.control}](#{_anchor(entry.control)}) | {markdown(entry.remediation.effect)} "
        f"| {entry.remediation.risk} | {'yes' if entry.undo else 'no'} | {WITHOUT[_who(entry)]} |"
        for entry in entries
    ]
    parts = [_counts(entries) + ".", "\n".join([*head, *rows])]
    return "\n\n".join([*parts, *map(_section, entries)])


WITHOUT = {"retired": "retired by AWS", "by hand": "by hand only", "by itself": "yes"}


def _anchor(control: str) -> str:
    """As GitHub makes it of the heading."""
    return control.lower().replace(".", "")


def _section(entry: Entry) -> str:
    remediation = entry.remediation
    lines = [
        f"### {entry.control}",
        "",
        f"- Resource: {code(remediation.resource_type)}",
        f"- Effect: {markdown(remediation.effect)}",
        f"- May break: {markdown(remediation.breaks)}",
    ]
    if entry.retired:
        retired = f"{entry.retired}, so that no finding comes; {entry.retired.instead}."
        lines.insert(2, f"- Retired: {markdown(retired)}")
    if remediation.cost:
        lines.append(f"- Cost: {markdown(remediation.cost)}")
    if entry.by_hand:
        lines.append(f"- By hand only: {markdown(entry.by_hand)}")
    for name, parameter in remediation.parameters.items():
        default = code(json.dumps(parameter.default))
        lines.append(f"- Parameter {code(name)}, {default}: {markdown(parameter.meaning)}")
    lines.append(f"- Permissions: {', '.join(map(code, entry.actions))}")
    if logs := _logs(entry):
        lines.append(f"- Who uses it, as logs show: {markdown(', else '.join(logs))}")
    lines.append(f"- In the sandbox: {_tested(entry)}")
    return "\n".join(lines)


def _logs(entry: Entry) -> list[str]:
    """The logs that say who uses what fails the control, the best first; none where none does."""
    question = question_of(entry.control)
    return [TITLES[log] for log in question.logs] if question else []


def _tested(entry: Entry) -> str:
    return f"not from end to end; lacking: {markdown(entry.lacking)}" if entry.lacking else "yes"


def _document(**parts: object) -> str:
    return json.dumps({"version": JSON_VERSION, **parts}, indent=2, ensure_ascii=False)
