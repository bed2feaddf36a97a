"""What Security Hub tells EventBridge: one event a finding, to whoever sees the finding.

Source: AWS Security Hub User Guide, "EventBridge event formats", of CSPM and of the unified hub.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from moto.events.models import events_backends

from orchestrator.sandbox.extend import Json

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

IMPORTED = "Security Hub Findings - Imported"
IMPORTED_V2 = "Findings Imported V2"


def announce(backend: SecurityHubBackend, findings: Sequence[Json]) -> None:
    """One event a finding: where it arose, with the administrator, and at home if aggregated."""
    viewers = _viewers(backend)
    home = backend.peer(viewers[-1]).aggregation.home()
    for account, region in _with_buses(viewers, (backend.region_name, home)):
        for finding in findings:
            _put(account, region, IMPORTED, finding, f"{finding['ProductArn']}/{finding['Id']}")


def announce_v2(backend: SecurityHubBackend, finding: Json) -> None:
    """The same of a finding in OCSF, where the unified hub is on."""
    viewers = _viewers(backend)
    home = backend.peer(viewers[-1]).hub_v2.home()
    for account, region in _with_buses(viewers, (backend.region_name, home)):
        if backend.peer(account, region).hub_v2.enabled:
            _put(account, region, IMPORTED_V2, finding, finding["metadata"]["uid"])


def _viewers(backend: SecurityHubBackend) -> list[str]:
    """The account, and its administrator where it has one."""
    administrator = backend.members.administrator
    return [backend.account_id, *([administrator["AccountId"]] if administrator else [])]


def _with_buses(accounts: list[str], regions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for account in accounts:
        for region in filter(None, regions):
            # No bus, no listener: asking for one would make moto's EventBridge in 500 accounts.
            if region in list(dict.keys(events_backends[account])):
                yield account, region


def _put(account: str, region: str, kind: str, finding: Json, resource: str) -> None:
    event = {
        "Source": "aws.securityhub",
        "DetailType": kind,
        "Detail": json.dumps({"findings": [finding]}),
        "Resources": [resource],
    }
    events_backends[account][region].put_events([event])
