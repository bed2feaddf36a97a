"""Services that show a change minutes to hours after it was taken, and until when that is normal.

Source: for each the user guide's page on changing such a resource: instances and clusters are
"modifying" or "updating", a stream "UPDATING", a distribution "InProgress", a domain "Processing",
while their descriptions show what was before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

HOURS = timedelta(hours=1)

PATIENCE: Mapping[str, timedelta] = {
    "cloudfront": 2 * HOURS,
    "documentdb": 6 * HOURS,
    "dynamodb": 2 * HOURS,
    "eks": 2 * HOURS,
    "elasticache": 6 * HOURS,
    "es": 12 * HOURS,
    "inspector": 2 * HOURS,
    "kinesis": 2 * HOURS,
    "neptune": 6 * HOURS,
    "opensearch": 12 * HOURS,
    "rds": 6 * HOURS,
    "redshift": 6 * HOURS,
}
"""By the service's name in a control's id."""


def patience(control: str) -> timedelta:
    """How long after a fix its check may fail, because AWS is still at it."""
    return PATIENCE.get(control.partition(".")[0].lower(), timedelta())
