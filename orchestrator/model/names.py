"""The names everything else is keyed by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)
"""Twelve digits."""

OuPath = NewType("OuPath", str)
"""Names of OUs from the root down, joined by '/'; the root itself is ''. 'Workloads/Prod'."""

ControlId = NewType("ControlId", str)
"""As Security Hub writes it: 'S3.1'."""


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
