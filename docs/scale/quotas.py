"""What AWS allows, where it says so, and what we only assume.

Defaults in ap-northeast-1; most can be raised. Service Quotas shows those of an account.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second that one account in one region may make."""

    a_second: float
    source: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most there can be of something, however long one waits."""

    name: str
    most: int
    way_out: str
    source: str


ASSUME_ROLE = Rate(600, "IAM user guide, IAM and AWS STS quotas, STS request quotas")
STATE_READS = Rate(5500, "Amazon S3 user guide, Optimizing performance: for each prefix")
STATE_WRITES = Rate(3500, "Amazon S3 user guide, Optimizing performance: for each prefix")
STARTS = Rate(150, "Step Functions developer guide, Service quotas: StartExecution, refill rate")
TRANSITIONS = Rate(800, "Step Functions developer guide, Service quotas: StateTransition")
ANSWERS = Rate(300, "Step Functions developer guide, Service quotas: SendTaskHeartbeat")
SECURITY_HUB = Rate(10, "Security Hub API reference, Welcome: all operations not named there")
ORGANIZATIONS = Rate(5, "assumed; the Organizations user guide has other rates for each call")

ACCOUNTS_A_PAGE = 20
"""Source: AWS Organizations API reference, ListAccounts."""

CEILINGS = (
    Ceiling(
        "map concurrency of Step Functions",
        10_000,
        "waves that are no wider",
        "Step Functions developer guide, Map state in Distributed mode",
    ),
    Ceiling(
        "accounts of one organization",
        10_000,
        "several organizations, each with a project of its own",
        "AWS Organizations user guide, Quotas and service limits",
    ),
    Ceiling(
        "members of one Security Hub administrator",
        10_000,
        "several organizations, each with a project of its own",
        "Security Hub user guide, Recommendations for managing multiple accounts",
    ),
)
