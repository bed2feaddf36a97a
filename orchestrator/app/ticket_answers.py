"""`findings answers`: what owners have answered in tickets, as a change to exceptions.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from orchestrator import config
from orchestrator.accounts.files import Need, Task
from orchestrator.app.project import Project
from orchestrator.app.proposals import CONFIGS, Place
from orchestrator.app.remediation import deployed
from orchestrator.errors import ConfigurationError
from orchestrator.findings.tickets.answers import Unread, Wish, entry
from orchestrator.model import dates
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.yaml_text import written

FILE = Path(CONFIGS) / "exceptions.yaml"
HEAD = "# yaml-language-server: $schema=../schemas/exceptions.schema.json\n"
LONGEST_NAME = 64


def answers(project: Project, place: Place) -> tuple[Task, ...]:
    """Propose every answer; what became of each. Raises AwsDenied and UsageError."""
    known = deployed(project, "answers")
    found = known.operator.answers(dates.today())
    organization = known.decisions.organization
    ids = sorted({each.account for each in found if isinstance(each, Wish)})
    return place.carried_out(ids, lambda root, today: proposed(found, organization, root, today))


def proposed(
    found: Sequence[Wish | Unread], organization: Organization, root: Path, today: date
) -> tuple[Task, ...]:
    """Write what can be written, one after the other; whatever makes a problem is taken back."""
    return tuple(_proposed(each, organization, root, today) for each in found)


def _proposed(found: Wish | Unread, organization: Organization, root: Path, today: date) -> Task:
    account = AccountId(found.account)
    if isinstance(found, Unread):
        return Task(Need.REFUSE, account, f"{found.ticket}: {found.why}", fix=found.fix)
    named = {each.id: each.name for each in organization.accounts}
    if found.account not in named:
        why = f"{found.ticket}: the account is not in {CONFIGS}/"
        return Task(Need.REFUSE, account, why, fix="close the ticket")
    name = named[account]
    file = root / FILE
    before = file.read_text("utf-8") if file.exists() else None
    wanted = entry(found, name)
    if _there(before, wanted):
        return Task(Need.NOTHING, account, f"{found.ticket} is in {FILE.name} already", name)
    try:
        file.write_text(appended(before or "", title(before, wanted), wanted), "utf-8")
        config.load(root / CONFIGS, today)
    except (ConfigurationError, ValueError) as error:
        _put_back(file, before)
        fix = f"write it yourself into {FILE}"
        return Task(Need.REFUSE, account, f"{found.ticket}: {error}", name, fix=fix)
    note = f"{found.control} until {found.until}, as {found.author} wants it in {found.ticket}"
    return Task(Need.WRITE, account, found.reason, name, FILE, note=note)


def _put_back(file: Path, before: str | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(before, "utf-8")


def _read(text: str | None) -> dict[str, Any]:
    """The exceptions of a file, every scalar a text."""
    document = yaml.load(text or "", Loader=yaml.BaseLoader)  # noqa: S506  it makes texts alone
    found = document.get("exceptions") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _there(text: str | None, wanted: Mapping[str, object]) -> bool:
    """Whether an exception of this ticket holds for as long, and for all that is wanted."""
    return any(
        each.get("ticket") == wanted["ticket"]
        and each.get("expires", "") >= str(wanted["expires"])
        and set(_texts(wanted["resources"])) <= set(each.get("resources", []))
        for each in _read(text).values()
        if isinstance(each, dict)
    )


def _texts(value: object) -> Iterator[str]:
    assert isinstance(value, list)  # noqa: S101  `entry` makes one
    yield from value


def title(text: str | None, wanted: Mapping[str, object]) -> str:
    """'s3-8-orders-prod-2027-03-31', or with a number behind it where that is taken."""
    (account,) = _texts(wanted["accounts"])
    control = str(wanted["control"]).lower().replace(".", "-")
    until = str(wanted["expires"])
    stem = f"{control}-{account}"[: LONGEST_NAME - len(until) - 5].rstrip("-")
    taken, name, number = _read(text), f"{stem}-{until}", 2
    while name in taken:
        name, number = f"{stem}-{until}-{number}", number + 1
    return name


def appended(text: str, name: str, wanted: Mapping[str, object]) -> str:
    """`text` with one exception more at its end; what people have written stays as it is.

    Raises ValueError where the file is not written as this can go on with.
    """
    before = _read(text)
    lines = written({"exceptions": {name: dict(wanted)}})
    if before:
        after = f"{text.rstrip()}\n{lines.partition(chr(10))[2]}"
    else:
        kept = [line for line in text.splitlines(keepends=True) if line.startswith("#")]
        after = f"{''.join(kept) or HEAD}{lines}"
    try:
        right = _read(after) == {**before, name: dict(wanted)}
    except yaml.YAMLError:
        right = False
    if not right:
        raise ValueError(f"{FILE.name} is not written in blocks of two spaces")
    return after
