"""Coverage findings of the unified hub: whether a security service watches the account here.

The shape is that of one that AWS's Automated Security Response has recorded
(securityHubCoverageFixtures.ts, OCSF 1.9). The sandbox looks at GuardDuty alone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub import ocsf

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


def guardduty(backend: SecurityHubBackend) -> Json:
    """The finding as of now. An account that was never asked for GuardDuty has no detector."""
    account, region = backend.account_id, backend.region_name
    there = dict.get(guardduty_backends[account], region)
    on = bool(there and there.detectors)
    since = backend.hub_v2.enabled_at
    uid = hashlib.sha256(f"coverage {account} {region}".encode()).hexdigest()
    return {
        "activity_id": 2,
        "activity_name": "Update",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": 2003,
        "cloud": {"account": {"uid": account}, "provider": "AWS", "region": region},
        "compliance": {
            "assessments": [
                {
                    "category": "Coverage",
                    "meets_criteria": on,
                    "name": "GuardDuty Foundational Coverage",
                }
            ],
            "status": "Pass" if on else "Fail",
            "status_id": 1 if on else 3,
        },
        "finding_info": {
            "uid": uid,
            "title": "GuardDuty Foundational Coverage Finding",
            "desc": "This Coverage finding checks if Amazon GuardDuty is enabled in this account.",
            "types": ["Coverage"],
            **ocsf.times("created_time", since),
            **ocsf.times("modified_time", since),
        },
        "metadata": {
            "product": {
                "feature": {"uid": "security-hub/Coverage"},
                "name": "Security Hub Coverage",
                "uid": f"arn:aws:securityhub:{region}::productv2/aws/securityhub-coverage",
                "vendor_name": "AWS",
            },
            "profiles": ["cloud", "datetime"],
            "uid": hashlib.sha256(uid.encode()).hexdigest(),
            "version": "1.9.0",
        },
        "resources": [
            {
                "cloud_partition": "aws",
                "name": "GuardDuty",
                "owner": {"account": {"uid": account}},
                "provider": "AWS",
                "region": region,
                "type": "AWS::::Account",
                "uid": account,
            }
        ],
        "severity": "Informational" if on else "High",
        "severity_id": 1 if on else 4,
        "status": "New",
        "status_id": 1,
        **ocsf.times("time", since),
        "type_name": "Compliance Finding: Update",
        "type_uid": 200302,
    }
