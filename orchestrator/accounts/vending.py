"""What to do about an account. Pure: the same account, the same answer, however often asked.

An event is only a reason to look. It may come twice, late, out of order or not at all, so nothing
is decided by what it says: Organizations says where the account is now and whether it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from orchestrator import config
from orchestrator.accounts import files
from orchestrator.accounts.files import Need, Task
from orchestrator.config import Places
from orchestrator.errors import UsageError
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId, untaken
from orchestrator.model.organization import Organization
from orchestrator.model.yaml_text import inline

OWN = "account.yaml.j2"
"""In account_configs/, where the organization's own lies."""
TEAM_TAG = "team"


class Template:
    """Turns what Organizations says of an account into YAML; every value is quoted data."""

    def __init__(self, text: str, shown: str = OWN) -> None:
        # Sandboxed, because whoever may open a pull request may change it, and this runs in CI.
        environment: Environment = SandboxedEnvironment(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_refuse_unquoted,
        )
        environment.filters["yaml"] = quoted
        self._shown = shown
        try:
            self._template = environment.from_string(text)
        except TemplateError as error:
            raise UsageError(f"{shown}: {error}", "correct the template") from error

    def account(self, member: Member, organization: Organization) -> str:
        """The file's text. Raises UsageError when the template asks for what there is not."""
        try:
            return self._template.render(
                id=member.id,
                name=member.name,
                email=member.email,
                tags=dict(member.tags),
                team=team_of(member, organization),
            )
        except TemplateError as error:
            raise UsageError(f"{self._shown}: {error}", "correct the template") from error


class Quoted(str):
    """Text that is YAML already."""

    __slots__ = ()


def quoted(value: object) -> Quoted:
    """Text, or a mapping of texts, as YAML in one line of nothing but ASCII."""
    if not isinstance(value, str | dict):
        raise UndefinedError(f"'{value}' is neither text nor a mapping")
    return Quoted(inline(value))


def _refuse_unquoted(value: object) -> object:
    if isinstance(value, Quoted):
        return value
    raise TemplateError("a value is written without the filter 'yaml'")


def team_of(member: Member, organization: Organization) -> str:
    """The team that the account's tag names, if there is such a team; '' leaves it to the OU."""
    tags: Mapping[str, str] = {key.lower(): value for key, value in member.tags.items()}
    team = tags.get(TEAM_TAG, "")
    return team if team in organization.teams else ""


def load(folder: Path) -> Template:
    """The organization's own template, or ours."""
    own = folder / OWN
    file = own if own.is_file() else Path(__file__).with_name(OWN)
    return Template(file.read_text("utf-8"), str(own.relative_to(folder.parent)))


CLOSING = (Standing.SUSPENDED, Standing.PENDING_CLOSURE)


def decide(
    account: AccountId,
    member: Member | None,
    places: Places,
    organization: Organization,
    template: Template,
) -> Task:
    """The task for `account`, of which Organizations says `member`; None when it knows it not."""
    old = places.files.get(account)
    if member is None or member.standing in CLOSING:
        return _closed(account, member, old)
    if member.standing is not Standing.ACTIVE:
        why = f"AWS Organizations calls the account {member.standing}"
        return Task(Need.REFUSE, account, why, fix="wait, and vend it again")
    folder = places.folders.get(member.parent)
    if folder is None:
        why = f"its OU {member.parent} is not in account_configs/"
        fix = "add the OU's folder with an _ou.yaml, or move the account"
        return Task(Need.REFUSE, account, why, old.stem if old else "", old=old, fix=fix)
    if old is not None:
        return replace(_known(account, old, folder / old.name), note=_renamed(member, old))
    name = named(member, places.names)
    text = template.account(member, organization)
    return Task(Need.WRITE, account, "it is new", name, folder / f"{name}.yaml", None, text)


def _known(account: AccountId, old: Path, wanted: Path) -> Task:
    if old == wanted:
        return Task(Need.NOTHING, account, "its file is there", old.stem, wanted, old)
    why = f"it has moved to another OU: {wanted.parent}"
    return Task(Need.MOVE, account, why, old.stem, wanted, old)


def _renamed(member: Member, old: Path) -> str:
    """Files, states and roles go by the id, so a new name in AWS changes none of them."""
    called = named(member, frozenset())
    fits = old.stem in (called, named(member, frozenset({called})))
    return "" if fits else f"AWS calls it '{member.name}'; its file keeps its name"


def _closed(account: AccountId, member: Member | None, old: Path | None) -> Task:
    gone = "AWS Organizations does not know it" if member is None else "it is closed"
    if old is None:
        return Task(Need.REFUSE if member is None else Need.NOTHING, account, gone)
    fix = f"when its people agree: orchestrator offboard {old.stem}"
    return Task(Need.OFFBOARD, account, gone, old.stem, old=old, fix=fix)


def named(member: Member, taken: frozenset[str]) -> str:
    """A file's name for the account: its own, as far as it can be; else with its id behind."""
    return untaken(member.name, member.id, taken, "account")


Ask = Callable[[AccountId], Member | None]
"""What AWS Organizations says of an account."""


def vended(ids: Sequence[AccountId], ask: Ask, root: Path, today: date) -> tuple[Task, ...]:
    """Every account's file below `root` as it belongs, as far as it can be."""
    return files.carry_out(tuple(_decided(ids, ask, root / "account_configs")), root, today)


def _decided(ids: Sequence[AccountId], ask: Ask, folder: Path) -> Iterator[Task]:
    """Names given in this batch are taken for those that come later in it."""
    organization, places = config.surveyed(folder)
    own = load(folder)
    for id_ in ids:
        task = decide(id_, ask(id_), places, organization, own)
        if task.need is Need.WRITE and task.file:
            places = replace(places, files={**places.files, id_: task.file})
        yield task


STILL_OPEN = "close it or remove it from the organization first; to leave it alone: quarantine"


def leave(account: AccountId, member: Member | None, places: Places) -> Task:
    """The task for `account`, of which Organizations says `member`; None when it knows it not."""
    old = places.files.get(account)
    name = old.stem if old else ""
    if member is not None and member.standing not in CLOSING:
        why = f"AWS Organizations calls it {member.standing}"
        return Task(Need.REFUSE, account, why, name, old=old, fix=STILL_OPEN)
    why = "it is closed" if member else "AWS Organizations does not know it"
    if old is None:
        return Task(Need.NOTHING, account, why)
    return Task(Need.REMOVE, account, why, name, old=old)
