"""What Security Hub puts on the default event bus when a finding arrives or changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from moto.events.models import events_backends

from orchestrator.sandbox.extend import Json

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

IMPORTED = "Security Hub Findings - Imported"


def announce(backend: SecurityHubBackend, findings: Sequence[Json]) -> None:
    """One event a finding: where it arose, with the administrator, and at home if aggregated."""
    accounts = [backend.account_id]
    administrator = backend.members.administrator
    if administrator:
        accounts.append(administrator["AccountId"])
    for account in accounts:
        regions = (backend.region_name, backend.peer(accounts[-1]).aggregation.home())
        for region in filter(None, regions):
            for finding in findings:
                _put(account, region, finding)


def _put(account: str, region: str, finding: Json) -> None:
    # No bus, no listener: asking for one would make moto's EventBridge in each of 500 accounts.
    if region not in list(dict.keys(events_backends[account])):
        return
    event = {
        "Source": "aws.securityhub",
        "DetailType": IMPORTED,
        "Detail": json.dumps({"findings": [finding]}),
        "Resources": [f"{finding['ProductArn']}/{finding['Id']}"],
    }
    events_backends[account][region].put_events([event])
