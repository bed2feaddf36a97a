"""Where a call is made, for what no input says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Region and account of a call, and the organization the account is in."""

    region: str
    account_id: str
    organization_id: str = ""
    management_id: str = ""
