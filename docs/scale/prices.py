"""List prices in USD, ap-northeast-1, without discounts, taxes and free tiers.

As known at the beginning of 2025; look at AWS's price pages before a budget hangs on them.
"""

from __future__ import annotations

REGION, AS_OF = "ap-northeast-1", "2025-01"

VCPU_HOUR = 0.05056
"""Source: AWS Fargate pricing, Linux on x86, per vCPU and hour."""

GIB_HOUR = 0.00553
"""Source: AWS Fargate pricing, Linux on x86, per GB and hour."""

TRANSITION = 0.025 / 1000
"""Source: AWS Step Functions pricing, Standard workflows."""

QUEUE_REQUEST = 0.40 / 1_000_000
"""Source: Amazon SQS pricing, standard queues."""

S3_WRITE = 0.0047 / 1000
S3_READ = 0.00037 / 1000
"""Source: Amazon S3 pricing, S3 Standard, requests."""

KEY_REQUEST = 0.03 / 10_000
"""Source: AWS KMS pricing, symmetric keys."""

LOG_GIB = 0.76
"""Source: Amazon CloudWatch pricing, logs collected."""

STANDING = 2 * 1.0 + 5 * 0.10
"""A month: two keys (AWS KMS pricing) and five alarms (Amazon CloudWatch pricing)."""
