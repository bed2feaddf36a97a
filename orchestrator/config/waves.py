"""Which accounts a wave covers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

from orchestrator.config.documents import Document
from orchestrator.config.layers import AccountSource
from orchestrator.model.waves import Wave, part


def is_glob(text: str) -> bool:
    """Whether `text` is a pattern; names of accounts and OUs hold none of these characters."""
    return any(character in text for character in "*?[")


def matches(name: str, pattern: str) -> bool:
    """Whether `pattern` is `name`, or a pattern that fits it; capital letters matter."""
    return name == pattern or fnmatchcase(name, pattern)


def below(ou: str, pattern: str) -> bool:
    """Whether `pattern` fits the OU at path `ou` or one above it."""
    parts = ou.split("/") if ou else []
    return any(matches("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1))


@dataclass(frozen=True, slots=True)
class Member:
    """An account, with what a wave may pick it by."""

    name: str
    id: str
    ou: str
    tags: Mapping[str, str]


def member(account: AccountSource) -> Member:
    """An account as its files state it."""
    tags = account.layer.settings.get("tags")
    stated = tags.items() if isinstance(tags, dict) else ()
    id_ = account.document.text("account", "id") if account.document else None
    texts = {name: value for name, value in stated if isinstance(value, str)}
    return Member(account.name, id_ or "", account.unit.path, texts)


def waves(document: Document) -> Mapping[str, Wave]:
    """The waves of a file that is already checked for its shape."""
    return {name: Wave.model_validate(entry) for name, entry in document.mapping("waves").items()}


def assigned(waves: Mapping[str, Wave], members: Sequence[Member]) -> Mapping[str, list[str]]:
    """The accounts of each wave, in the order of `members`.

    What a wave with a share has drawn is in none of the later ones. Nor is an account drawn that
    some wave names.
    """
    named = {account for wave in waves.values() for account in wave.accounts}
    drawn: set[str] = set()
    covered: dict[str, list[str]] = {}
    for name, wave in waves.items():
        left = [each for each in members if each.name not in drawn and _covers(wave, each)]
        if wave.share:
            taken = named.union(*covered.values())
            left = _drawn(wave, wave.share, left, taken)
            drawn.update(each.name for each in left)
        covered[name] = [each.name for each in left]
    return covered


def _drawn(
    wave: Wave, share: str, candidates: Sequence[Member], taken: Collection[str]
) -> list[Member]:
    """Those named, and the share of the others: the same accounts every time.

    By a hash of the account's number, so that nobody knows them beforehand by their age or name,
    and an account that is added changes at most one.
    """
    free = [each for each in candidates if each.name not in taken]
    count = max(1, part(share, len(free)))
    ordered = sorted(free, key=lambda each: sha256(each.id.encode()).digest())
    chosen = {each.name for each in ordered[:count]}
    return [each for each in candidates if each.name in chosen or _named(wave, each)]


def _covers(wave: Wave, member: Member) -> bool:
    if any(matches(member.name, pattern) for pattern in wave.excluded):
        return False
    if _named(wave, member):
        return True
    if not wave.ous and not wave.tags:
        return wave.share is not None
    placed = not wave.ous or any(below(member.ou, pattern) for pattern in wave.ous)
    return placed and all(carries(member, name, value) for name, value in wave.tags.items())


def _named(wave: Wave, member: Member) -> bool:
    return any(matches(member.name, pattern) for pattern in wave.accounts)


def carries(member: Member, name: str, pattern: str) -> bool:
    """Whether the account has the tag, with a value that is or fits `pattern`."""
    return name in member.tags and matches(member.tags[name], pattern)
