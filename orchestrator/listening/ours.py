"""Whose calls are no news: the roles by which the orchestrator itself changes an account."""

from __future__ import annotations

from orchestrator.model.organization import Account, Organization
from orchestrator.model.suspect import Heard

FUNCTION = "orchestrator-findings"
"""The role of the function that findings go to, which lives in the security account."""


def own_roles(organization: Organization, account: Account) -> tuple[str, ...]:
    """Their ARNs. The entry role is none of them: people use it, too."""
    facts = organization.facts
    names = [facts.access.apply_role]
    if facts.remediation.enabled:
        names.append(facts.remediation.role)
        names += [FUNCTION] if account.id == organization.security.id else []
    return tuple(sorted(f"arn:aws:iam::{account.id}:role/{name}" for name in names))


def may_be_ours(call: Heard, organization: Organization) -> bool:
    """Whether it looks like the entry role in a run of ours, which makes and changes the roles.

    Anybody who may be that role can call a session so: a reason to look later, when the run has
    written its state, and none not to look.
    """
    entry = f"arn:aws:iam::{call.account}:role/{organization.facts.access.entry_role}"
    return call.issuer == entry and call.through.rpartition("/")[2].startswith("orchestrator-")
