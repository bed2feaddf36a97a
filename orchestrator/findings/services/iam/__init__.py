"""IAM: users' credentials, the password policy, and what an account must have."""

from __future__ import annotations

from orchestrator.findings.services.iam import account, credentials, passwords, tagging

REMEDIATIONS = (
    *passwords.REMEDIATIONS,
    *credentials.REMEDIATIONS,
    *account.REMEDIATIONS,
    *tagging.REMEDIATIONS,
)
