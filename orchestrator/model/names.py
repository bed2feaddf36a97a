"""The names everything else is keyed by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)
"""Twelve digits."""

OuPath = NewType("OuPath", str)
"""Names of OUs from the root down, joined by '/'; the root itself is ''. 'Workloads/Prod'.

AWS takes any character in a name. Those that would mean something else in a path, in a pattern or
in a selection are written as in a URL: the OU 'R/D' below 'Labs' is 'Labs/R%2FD'.
Source: AWS Organizations API Reference, CreateOrganizationalUnit: Name is [\\s\\S]{1,128}.
"""
MEANS_MORE = re.compile(r'[/*?["]|%(?=[0-9A-Fa-f]{2})')

ControlId = NewType("ControlId", str)
"""As Security Hub writes it: 'S3.1'."""


def inner_ou(outer: str, name: str) -> OuPath:
    """The path of the OU called `name` in the one at `outer`; no two names have the same."""
    own = "".join(c if _shows(c) else _as_in_a_url(c) for c in MEANS_MORE.sub(_coded, name))
    return OuPath(f"{outer}/{own}" if outer else own)


def _shows(character: str) -> bool:
    """Blanks of every width are seen; line ends, controls and what turns the writing are not."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _coded(found: re.Match[str]) -> str:
    return _as_in_a_url(found.group())


def _as_in_a_url(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def identifier(name: str) -> str:
    """`name` as an HCL identifier: 'S3.1' is 's3_1', 'ap-northeast-1' is 'ap_northeast_1'."""
    return name.lower().replace(".", "_").replace("-", "_")


class StackName(StrEnum):
    """The Terraform roots, in the order in which they depend on each other."""

    BOOTSTRAP = "bootstrap"
    LOG_ARCHIVE = "log_archive"
    ORGANIZATION = "organization"
    SECURITY = "security"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, order=True)
class StackKey:
    """One stack: one rendered root of one account, with one state."""

    account_id: AccountId
    account_name: str
    stack: StackName

    def __str__(self) -> str:
        return f"{self.account_id}/{self.stack}"

    @property
    def folder(self) -> str:
        """Where the stack is rendered, below the build folder."""
        return f"{self.account_name}/{self.stack}"

    @property
    def state_key(self) -> str:
        """The object in the state bucket. By id, because an account can be renamed."""
        return f"{self.account_id}/{self.stack}/terraform.tfstate"


UNFIT = re.compile(r"[^a-z0-9]+")
LONGEST = 50
"""Source: AWS Organizations API Reference, CreateAccount: AccountName has at most 50 characters."""


def slug(name: str) -> str:
    """'Workloads / Prod' is 'workloads-prod'; '' where nothing of the name is left."""
    return UNFIT.sub("-", name.lower()).strip("-")[:LONGEST].strip("-")


def untaken(name: str, tail: str, taken: Collection[str], fallback: str) -> str:
    """The name's slug; with `tail` behind where nothing is left of it, or it is taken."""
    own = slug(name)
    if own and own not in taken:
        return own
    end = f"-{tail}"
    return f"{(own or fallback)[: LONGEST - len(end)].strip('-')}{end}"
