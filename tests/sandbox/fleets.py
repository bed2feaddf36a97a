"""An organization like the sample's, built in code: these tests do not read account_configs/."""

from __future__ import annotations

from orchestrator.sandbox.fleet import Fleet, FleetAccount, FleetUnit
from orchestrator.sandbox.lifecycle import Settings

ROOT = "r-ex01"
MANAGEMENT, SECURITY, LOG_ARCHIVE = "200000000001", "200000000002", "200000000003"
NETWORK, PAYMENTS_PROD, PAYMENTS_DEV = "200000000004", "200000000006", "200000000009"
HOME_REGION, OTHER_REGION = "ap-northeast-1", "us-east-1"

UNITS = (
    FleetUnit("ou-ex01-security0", "Security", ROOT, "Security"),
    FleetUnit("ou-ex01-infrastr", "Infrastructure", ROOT, "Infrastructure"),
    FleetUnit("ou-ex01-workload", "Workloads", ROOT, "Workloads"),
    FleetUnit("ou-ex01-prod0000", "Prod", "ou-ex01-workload", "Workloads/Prod"),
    FleetUnit("ou-ex01-dev00000", "Dev", "ou-ex01-workload", "Workloads/Dev"),
    FleetUnit("ou-ex01-sandbox0", "Sandbox", ROOT, "Sandbox"),
)
ACCOUNTS = (
    ("management", ROOT),
    ("security", "ou-ex01-security0"),
    ("log-archive", "ou-ex01-security0"),
    ("network", "ou-ex01-infrastr"),
    ("shared-services", "ou-ex01-infrastr"),
    ("payments-prod", "ou-ex01-prod0000"),
    ("orders-prod", "ou-ex01-prod0000"),
    ("web-prod", "ou-ex01-prod0000"),
    ("payments-dev", "ou-ex01-dev00000"),
    ("orders-dev", "ou-ex01-dev00000"),
    ("sandbox-analytics", "ou-ex01-sandbox0"),
    ("sandbox-platform", "ou-ex01-sandbox0"),
)


PROMPT = Settings(delays=("*=0",))
"""Nothing is late, but for what a test asks to be."""


def a_fleet() -> Fleet:
    """Twelve accounts in six OUs."""
    accounts = tuple(
        FleetAccount(
            f"{200000000001 + index}", name, f"aws+{name}@example.com", parent, {"name": name}
        )
        for index, (name, parent) in enumerate(ACCOUNTS)
    )
    return Fleet("o-exampleorg1", ROOT, MANAGEMENT, HOME_REGION, UNITS, accounts)
