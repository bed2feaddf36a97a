"""What the templates see of findings on the way to their fix, and of drift events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.drift import own_roles, rules
from orchestrator.model.facts import ChatPlatform, Team
from orchestrator.model.names import StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.render import arns, matrix

if TYPE_CHECKING:
    from orchestrator.render import permissions


def of_security(organization: Organization) -> dict[str, object]:
    """For the security stack: the function, and how each team is told."""
    told = {name: _told(team) for name, team in sorted(organization.teams.items())}
    notify = (team.notify for team in organization.teams.values())
    ways = (way for each in notify for way in (each.webhook, each.tickets) if way)
    runner = organization.facts.access.runner_role
    return {
        "function": arns.FUNCTION,
        "told": told,
        "alarmed": organization.security.settings.team,
        "secrets": sorted({way.secret for way in ways}),
        "workgroup": matrix.evidence_workgroup(organization),
        "operators": (arns.role(organization.management, runner),),
    }


def of_account(organization: Organization, account: Account) -> dict[str, object]:
    """For an account's stack: what its remediation role may do, and who may be it."""
    if not organization.facts.remediation.enabled:
        return {}
    from orchestrator.render import permissions  # noqa: PLC0415  every remediation is behind it

    return {
        "remediation_policies": {
            role: [
                [_statement(statement) for statement in policy]
                for policy in permissions.policies(account, role)
            ]
            for role in ("", "-2")
        },
        "function_role": arns.function_role(organization),
    }


def _statement(statement: permissions.Statement) -> dict[str, object]:
    written: dict[str, object] = {
        "sid": statement.sid,
        "actions": statement.actions,
        "resources": statement.resources,
    }
    return {**written, "conditions": statement.conditions} if statement.conditions else written


def _told(team: Team) -> dict[str, object]:
    notify, chat = team.notify, team.notify.chat
    mail: dict[str, object] = {"email": team.email} if notify.email else {}
    if chat is None:
        return mail
    if chat.platform is ChatPlatform.SLACK:
        slack = {"channel_id": chat.channel, "workspace_id": chat.workspace}
        return {**mail, "slack": slack}
    teams = {"channel_id": chat.channel, "team_id": chat.team, "tenant_id": chat.tenant}
    return {**mail, "teams": teams}


def anywhere(organization: Organization) -> bool:
    """Whether any account forwards them, so that there has to be a queue."""
    return any(account.settings.drift_events.enabled for account in organization.accounts)


def concerns(organization: Organization, account: Account) -> bool:
    """Whether the orchestrator's roles in the account need to know of it."""
    if account.id == organization.security.id:
        return anywhere(organization)
    return account.settings.drift_events.enabled


def drift_events_of(organization: Organization, account: Account) -> dict[str, object] | None:
    """The rules of the account's own stack, in each of its regions; None without any."""
    if not account.settings.drift_events.enabled:
        return None
    special = {
        organization.management.id: (StackName.ORGANIZATION,),
        organization.security.id: (StackName.SECURITY,),
        organization.log_archive.id: (StackName.LOG_ARCHIVE,),
    }
    stacks = (StackName.ACCOUNT, *special.get(account.id, ()))
    return {
        "bus": arns.drift_bus(organization),
        "calls": rules(stacks),
        "own_roles": own_roles(organization, account),
    }
