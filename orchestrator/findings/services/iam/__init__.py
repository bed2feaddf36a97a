"""IAM: users' credentials, the password policy, and what an account must have."""

from __future__ import annotations

from orchestrator.findings.services.iam import account, credentials, passwords, tags

REMEDIATIONS = (
    *passwords.REMEDIATIONS,
    *credentials.REMEDIATIONS,
    *account.REMEDIATIONS,
    *tags.REMEDIATIONS,
)
