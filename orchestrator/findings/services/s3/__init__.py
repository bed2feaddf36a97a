"""S3: buckets, and the account's block of public access."""

from __future__ import annotations

from orchestrator.findings.services.s3 import (
    access_logs,
    encryption,
    lifecycle,
    notifications,
    ownership,
    policies,
    public,
)

REMEDIATIONS = (
    *public.REMEDIATIONS,
    *encryption.REMEDIATIONS,
    *policies.REMEDIATIONS,
    *access_logs.REMEDIATIONS,
    *notifications.REMEDIATIONS,
    *lifecycle.REMEDIATIONS,
    *ownership.REMEDIATIONS,
)
