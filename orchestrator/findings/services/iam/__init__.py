"""IAM: users' credentials, the password policy, and what an account must have."""

from __future__ import annotations

from orchestrator.findings.services.iam import analyzers, credentials, passwords, support

REMEDIATIONS = (
    *passwords.REMEDIATIONS,
    *credentials.REMEDIATIONS,
    *support.REMEDIATIONS,
    *analyzers.REMEDIATIONS,
)
