"""AWS Account Management: which regions an account has, and whom AWS writes to.

Regions since 2019 want to be enabled first. Every call for another account, also of alternate
contacts, is the management account's or a delegated administrator's, and for an active member.
Source: AWS Account Management Reference Guide, "Enable or disable AWS Regions in your account" and
"Update the primary contact for your AWS account".
"""

from __future__ import annotations

from moto.account import urls
from moto.account.responses import AccountResponse

from orchestrator.sandbox.services.account.models import (
    ACTIONS,
    account_of,
    is_enabled,
    region_status,
)

__all__ = ["install", "is_enabled", "region_status"]


def install() -> None:
    AccountResponse._get_account_id = account_of
    for name, action in ACTIONS.items():
        setattr(AccountResponse, name, action)
        words = name.split("_")
        path = words[0] + "".join(word.capitalize() for word in words[1:])
        urls.url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch
