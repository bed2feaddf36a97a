"""What to do about an account. Pure: the same account, the same answer, however often asked.

An event is only a reason to look. It may come twice, late, out of order or not at all, so nothing
is decided by what it says: Organizations says where the account is now and whether it is open.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from orchestrator.config import Places
from orchestrator.model.census import Member, Standing
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.slugs import untaken
from orchestrator.vending.task import Need, Task
from orchestrator.vending.template import Template

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
