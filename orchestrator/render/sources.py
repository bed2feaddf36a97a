"""Where in account_configs/ the values of an account come from."""

from __future__ import annotations

from orchestrator.model.organization import Account


def sources(account: Account) -> tuple[str, ...]:
    """The files that hold for `account`, the outermost first."""
    ous = account.ou.split("/") if account.ou else []
    folders = ["account_configs/ous"]
    for ou in ous:
        folders.append(f"{folders[-1]}/{ou.lower().replace(' ', '-')}")
    units = [f"{folder}/_ou.yaml" for folder in folders[1:]]
    return ("account_configs/organization.yaml", *units, f"{folders[-1]}/{account.name}.yaml")
