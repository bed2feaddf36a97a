"""The decisions of account_configs/ as the document that the findings function reads.

The same `Account.decisions` make Security Hub's policies and switches. The document holds no
lines of files unless it is asked for them: it is deployed, and a comment must change nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from orchestrator.model.facts import RemediationFacts, Team
from orchestrator.model.names import AccountId, ControlId
from orchestrator.model.organization import Account, Exemption, Organization, Place
from orchestrator.model.settings import ControlDecision, TagDecision, days

VERSION = 1
EVERY = "*"

Json = dict[str, object]
Shown = Callable[[Place | None, str], str]
"""A place and a key as the document names it."""


def document(organization: Organization, *, lines: bool = False) -> Json:
    """The matrix. `lines` names the line of each decision, for people.

    Accounts with the same decisions name one map of them, which keeps 500 accounts below 1 MB.
    """
    shown: Shown = _with_line if lines else _without_line
    facts = organization.facts
    keys: dict[str, str] = {}
    accounts = {a.id: _account(organization, a, keys, shown) for a in organization.accounts}
    body: Json = {
        "version": VERSION,
        "organization": {"id": facts.id, "name": facts.name},
        "home_region": facts.home_region,
        "regions": sorted({region for a in organization.accounts for region in a.regions}),
        "management": organization.management.id,
        "security": organization.security.id,
        "remediation": _remediation(facts.remediation),
        **({"workgroup": workgroup} if (workgroup := evidence_workgroup(organization)) else {}),
        "teams": {name: _team(organization, name, t) for name, t in organization.teams.items()},
        "decisions": {key: json.loads(text) for text, key in keys.items()},
        "accounts": accounts,
        "exceptions": {
            name: _exception(organization, name, exemption, shown)
            for name, exemption in organization.exceptions.items()
        },
    }
    return {**body, "digest": hashlib.sha256(text_of(body).encode()).hexdigest()}


def evidence_workgroup(organization: Organization) -> str:
    """Athena's, where a decision waits for what logs show; '' where nothing is to be asked."""
    lake = organization.facts.logs.lake
    waits = any(d.when for a in organization.accounts for d in a.decisions.values())
    return lake.workgroup if waits and lake.enabled and lake.workgroup else ""


def text_of(value: Json) -> str:
    """The document as text: the same for the same organization, to the byte."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def topic(organization: Organization, team: str) -> str:
    """The SNS topic by which a team is told."""
    owner, region = organization.security.id, organization.facts.home_region
    return f"arn:aws:sns:{region}:{owner}:orchestrator-team-{team}"


def _with_line(place: Place | None, key: str) -> str:
    return f"{place} {key}" if place else key


def _without_line(place: Place | None, key: str) -> str:
    return f"{place.file} {key}" if place else key


def _remediation(facts: RemediationFacts) -> Json:
    return facts.model_dump(mode="json")


def _team(organization: Organization, name: str, team: Team) -> Json:
    notify = team.notify
    return {
        "email": team.email if notify.email else "",
        "language": (team.language or organization.facts.remediation.language).value,
        "severity": notify.severity.value,
        "services": [service.lower() for service in notify.services],
        "topic": topic(organization, name),
        "chat": notify.chat is not None,
        "webhook": notify.webhook.model_dump() if notify.webhook else None,
        "tickets": notify.tickets.model_dump(mode="json") if notify.tickets else None,
    }


def _account(
    organization: Organization, account: Account, keys: dict[str, str], shown: Shown
) -> Json:
    places = organization.decided_at.get(account.id, {})
    decided = text_of(_decisions(account.decisions, places, shown))
    return {
        "name": account.name,
        "ou": account.ou,
        "team": account.settings.team,
        "tags": dict(account.settings.tags),
        "regions": sorted(account.regions),
        "enabled": account.settings.security_hub.enabled,
        "decisions": keys.setdefault(decided, f"d{len(keys)}"),
    }


def _decisions(
    decisions: Mapping[ControlId, ControlDecision],
    places: Mapping[ControlId, Place],
    shown: Shown,
) -> Json:
    return {
        control.lower(): _decision(control, decision, places.get(control), shown)
        for control, decision in decisions.items()
    }


def _decision(
    control: ControlId, decision: ControlDecision, place: Place | None, shown: Shown
) -> Json:
    return {
        "control": control,
        **_common(decision),
        "parameters": dict(decision.parameters),
        "force": decision.force,
        "runbook": decision.runbook,
        **_conditions(decision),
        "source": shown(place, f"{control}"),
        "by_tag": {
            name: {
                "tags": dict(rule.tags),
                **_common(rule),
                "source": shown(place, f"{control}.by_tag.{name}"),
            }
            for name, rule in decision.by_tag.items()
        },
    }


def _conditions(decision: ControlDecision) -> Json:
    """In days; what is not said is not there."""
    unused_for = days(decision.when.unused_for) if decision.when else 0
    said = {"unused_for": unused_for, "after": days(decision.after)}
    return {name: number for name, number in said.items() if number}


def _common(decision: ControlDecision | TagDecision) -> Json:
    return {
        "decision": decision.decision.value,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "review_by": decision.review_by.isoformat(),
    }


def _exception(organization: Organization, name: str, exemption: Exemption, shown: Shown) -> Json:
    return {
        "control": exemption.control.lower(),
        "accounts": _concerned(organization, exemption),
        "resources": list(exemption.resources) or [EVERY],
        "tags": dict(exemption.tags),
        "owner": exemption.owner,
        "reason": exemption.reason,
        "ticket": exemption.ticket,
        "expires": exemption.expires.isoformat(),
        "source": shown(organization.excepted_at.get(name), name),
    }


def _concerned(organization: Organization, exemption: Exemption) -> list[AccountId] | list[str]:
    """Names and globs as ids, so that a renamed account keeps its exception until it is applied."""
    if not exemption.accounts:
        return [EVERY]
    return [
        account.id
        for account in organization.accounts
        if any(fnmatchcase(account.name, pattern) for pattern in exemption.accounts)
    ]
