"""Whether an account may be taken out of account_configs/: Organizations has the last word."""

from __future__ import annotations

from orchestrator.config import Places
from orchestrator.model.census import Member
from orchestrator.model.names import AccountId
from orchestrator.vending.deciding import CLOSING
from orchestrator.vending.task import Need, Task

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
