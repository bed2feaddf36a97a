"""What is asked before a rollout: AWS, and what the stacks count on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.adapters.aws.preflight.asking import Wanted
from orchestrator.adapters.aws.preflight.everything import everything
from orchestrator.adapters.aws.preflight.permissions import in_the_management_account
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check
from orchestrator.render.contexts import Footing, footing


def preflight(
    organization: Organization, env: Mapping[str, str], accounts: Sequence[Account]
) -> tuple[Check, ...]:
    """Every check, with the caller's own credentials. Raises AwsDenied for who has none."""
    caller = AwsSession(env, organization.facts.home_region)
    caller.credentials()
    return everything(caller, organization, _wanted(footing(organization)), accounts)


def preflight_policy(organization: Organization) -> Mapping[str, object]:
    """An IAM policy that is enough for it in the management account."""
    return in_the_management_account(organization.facts.access.entry_role)


def _wanted(made: Footing) -> Wanted:
    return Wanted(made.trusted, made.delegated, made.service_roles, made.regions, made.hubs)
