"""AWS Account Management: which regions an account has; those since 2019 want to be enabled first.

Source: AWS Account Management Reference Guide, "Enable or disable AWS Regions in your account".
"""

from __future__ import annotations

from moto.account import urls
from moto.account.responses import AccountResponse

from orchestrator.sandbox.services.account.models import is_enabled, region_status
from orchestrator.sandbox.services.account.responses import ACTIONS

__all__ = ["install", "is_enabled", "region_status"]


def install() -> None:
    for name, action in ACTIONS.items():
        setattr(AccountResponse, name, action)
        words = name.split("_")
        path = words[0] + "".join(word.capitalize() for word in words[1:])
        urls.url_paths[f"{{0}}/{path}$"] = AccountResponse.dispatch
