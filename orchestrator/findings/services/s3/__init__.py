"""S3: buckets, and the account's block of public access."""

from __future__ import annotations

from orchestrator.findings.services.s3 import lifecycle, monitoring, objects, policies, public

REMEDIATIONS = (
    *public.REMEDIATIONS,
    *policies.REMEDIATIONS,
    *monitoring.REMEDIATIONS,
    *lifecycle.REMEDIATIONS,
    *objects.REMEDIATIONS,
)
