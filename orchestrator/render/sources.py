"""Where in account_configs/ the values of an account come from."""

from __future__ import annotations

from pathlib import PurePosixPath

from orchestrator.model.organization import Account, Organization

ABOVE = 2
"""account_configs/ous is not an OU."""


def sources(organization: Organization, account: Account) -> tuple[str, ...]:
    """The files that hold for `account`, the outermost first."""
    file = PurePosixPath(organization.configured_at[account.id].file)
    folders = [folder for folder in reversed(file.parents) if len(folder.parts) > ABOVE]
    units = [f"{folder}/_ou.yaml" for folder in folders]
    return (f"{file.parts[0]}/organization.yaml", *units, str(file))
