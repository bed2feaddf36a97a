"""What the model of runs reckons with, from the list of prices that docs/costs/ keeps."""

from __future__ import annotations

from docs.costs.prices import AS_OF, PRICES, TOKYO

__all__ = ["AS_OF", "REGION"]

REGION = TOKYO

VCPU_HOUR = PRICES["vcpu_hour"].usd
GIB_HOUR = PRICES["gib_hour"].usd
TRANSITION = PRICES["transition"].usd
QUEUE_REQUEST = PRICES["queue_request"].usd
S3_WRITE = PRICES["s3_write"].usd
S3_READ = PRICES["s3_read"].usd
KEY_REQUEST = PRICES["key_request"].usd
LOG_GIB = PRICES["log_gb"].usd

STANDING = 2 * PRICES["key"].usd + 5 * PRICES["alarm"].usd
"""A month: two keys and five alarms."""
