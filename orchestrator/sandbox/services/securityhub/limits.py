"""How long and how many the parts of a finding may be.

Source: AWS Security Hub API Reference, AwsSecurityFinding; User Guide, "Types taxonomy for ASFF".
"""

from __future__ import annotations

import json

from orchestrator.sandbox.extend import Json

LONGEST = {"Title": 256, "Description": 1024, "GeneratorId": 512, "Id": 512, "SourceUrl": 2048}
MOST_PRODUCT_FIELDS = 50
BYTES = 240 * 1024
NAMESPACES = (
    "Software and Configuration Checks",
    "TTPs",
    "Effects",
    "Unusual Behaviors",
    "Sensitive Data Identifications",
)


def exceeded(finding: Json) -> str:
    """Which limit one finding of BatchImportFindings breaks; '' when none."""
    for name, most in LONGEST.items():
        if len(str(finding.get(name) or "")) > most:
            return f"{name} is longer than {most} characters"
    if len(finding.get("ProductFields") or {}) > MOST_PRODUCT_FIELDS:
        return f"ProductFields holds more than {MOST_PRODUCT_FIELDS} pairs"
    provider = finding.get("FindingProviderFields") or {}
    for kind in [*(finding.get("Types") or []), *(provider.get("Types") or [])]:
        if str(kind).partition("/")[0] not in NAMESPACES:
            return f"Types: '{kind}' has no known namespace"
    if len(json.dumps(finding, default=str).encode()) > BYTES:
        return "The finding is larger than 240 KB"
    return ""
