"""The document of decisions that stands in the zip, as values. `render/matrix.py` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from orchestrator.findings.finding import Severity

VERSION = 1
EVERY = "*"


class Unreadable(Exception):
    """The document is not what this version of the function understands."""


@dataclass(frozen=True, slots=True)
class TagRule:
    """A decision for resources that carry all of some tags."""

    tags: Mapping[str, str]
    decision: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class MatrixDecision:
    """What was decided about a control in an account."""

    control: str
    decision: str
    reason: str
    source: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    force: bool = False
    runbook: str = ""
    unused_for: int = 0
    """Days without use that logs must show before it is fixed; 0: they are not asked."""
    after: int = 0
    """Days from when the team was first told to the fix; 0: at once."""
    by_tag: tuple[TagRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a control leaves alone until a date."""

    name: str
    control: str
    accounts: tuple[str, ...]
    resources: tuple[str, ...]
    tags: Mapping[str, str]
    owner: str
    reason: str
    ticket: str
    expires: date
    source: str

    def concerns(self, account: str, resource: str) -> bool:
        """Whether it is for the resource, tags left aside.

        A pattern is a glob, and the name itself is one too: names may have brackets.
        """
        if self.accounts != (EVERY,) and account not in self.accounts:
            return False
        return resource in self.resources or any(
            fnmatchcase(resource, pattern) for pattern in self.resources
        )


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post, and the name of the secret that signs."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class TicketProject:
    """Where a team's tickets are kept, and the name of the secret that opens it."""

    kind: str
    url: str
    project: str
    secret: str
    issue_type: str = ""

    @property
    def home(self) -> str:
        """What tells one project of one tracker from any other."""
        return f"{self.kind} {self.url} {self.project}"


@dataclass(frozen=True, slots=True)
class Team:
    """How a team is told, and of what."""

    name: str
    language: str
    severity: Severity
    services: tuple[str, ...]
    topic: str
    email: str = ""
    chat: bool = False
    webhook: Webhook | None = None
    tickets: TicketProject | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and the decisions that hold there, by control in small letters."""

    id: str
    name: str
    ou: str
    team: str
    regions: tuple[str, ...]
    enabled: bool
    decisions: Mapping[str, MatrixDecision]


@dataclass(frozen=True, slots=True)
class Rules:
    """How remediation is run, as organization.yaml says."""

    enabled: bool
    role: str
    external_id: str
    language: str
    keep_days: int
    attempts: int
    digest_minutes: int
    owner_tags: Mapping[str, str]
    control_per_hour: int
    account_per_hour: int
    total_per_hour: int
    failures: int
    undos: int
    minutes: int
    workgroup: str = ""
    """Athena's, by which logs are asked; '' where they cannot be."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything the function knows of the organization."""

    digest: str
    organization: str
    home_region: str
    security: str
    rules: Rules
    teams: Mapping[str, Team]
    accounts: Mapping[str, Account]
    exemptions: Mapping[str, tuple[Exemption, ...]]
    """By control in small letters."""

    @property
    def fallback_team(self) -> str:
        """The team for what no team owns: the security account's."""
        account = self.accounts.get(self.security)
        return account.team if account else ""


def load(document: Any) -> Matrix:
    """The matrix. Raises Unreadable: nothing may be done with half of the decisions."""
    try:
        if document["version"] != VERSION:
            raise Unreadable(f"version {document['version']} of the matrix, expected {VERSION}")
        return _matrix(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"the matrix is incomplete: {error!r}") from error


def _matrix(document: Any) -> Matrix:
    shared = {
        key: {control: _decision(entry) for control, entry in decisions.items()}
        for key, decisions in document["decisions"].items()
    }
    exemptions: dict[str, tuple[Exemption, ...]] = {}
    for name, entry in sorted(document["exceptions"].items()):
        control = entry["control"]
        exemptions[control] = (*exemptions.get(control, ()), _exemption(name, entry))
    return Matrix(
        digest=document["digest"],
        organization=document["organization"]["name"],
        home_region=document["home_region"],
        security=document["security"],
        rules=replace(_rules(document["remediation"]), workgroup=document.get("workgroup", "")),
        teams={name: _team(name, entry) for name, entry in document["teams"].items()},
        accounts={id_: _account(id_, e, shared) for id_, e in document["accounts"].items()},
        exemptions=exemptions,
    )


def _decision(entry: Any) -> MatrixDecision:
    return MatrixDecision(
        control=entry["control"],
        decision=_one_of(entry["decision"]),
        reason=entry["reason"],
        source=entry["source"],
        parameters=entry["parameters"],
        force=entry["force"] is True,
        runbook=entry["runbook"] or "",
        unused_for=int(entry.get("unused_for", 0)),
        after=int(entry.get("after", 0)),
        by_tag=tuple(_tag_rule(entry["by_tag"][name]) for name in sorted(entry["by_tag"])),
    )


def _tag_rule(entry: Any) -> TagRule:
    decision = _one_of(entry["decision"])
    return TagRule(entry["tags"], decision, entry["reason"], entry["source"])


def _one_of(decision: str) -> str:
    if decision not in {"disable", "detect", "remediate"}:
        raise ValueError(f"unknown decision '{decision}'")
    return decision


def _exemption(name: str, entry: Any) -> Exemption:
    return Exemption(
        name=name,
        control=entry["control"],
        accounts=tuple(entry["accounts"]),
        resources=tuple(entry["resources"]),
        tags=entry["tags"],
        owner=entry["owner"],
        reason=entry["reason"],
        ticket=entry["ticket"],
        expires=date.fromisoformat(entry["expires"]),
        source=entry["source"],
    )


def _account(id_: str, entry: Any, shared: Mapping[str, Mapping[str, MatrixDecision]]) -> Account:
    return Account(
        id=id_,
        name=entry["name"],
        ou=entry["ou"],
        team=entry["team"],
        regions=tuple(entry["regions"]),
        enabled=entry["enabled"] is True,
        decisions=shared[entry["decisions"]],
    )


def _team(name: str, entry: Any) -> Team:
    webhook, tickets = entry["webhook"], entry.get("tickets")
    return Team(
        name=name,
        language=entry["language"],
        severity=Severity[entry["severity"].upper()],
        services=tuple(entry["services"]),
        topic=entry["topic"],
        email=entry["email"],
        chat=entry["chat"] is True,
        webhook=Webhook(webhook["url"], webhook["secret"]) if webhook else None,
        tickets=_tickets(tickets) if tickets else None,
    )


def _tickets(entry: Any) -> TicketProject:
    texts = {key: entry[key] for key in ("kind", "url", "project", "secret")}
    return TicketProject(**texts, issue_type=entry.get("issue_type") or "")


def _rules(entry: Any) -> Rules:
    return Rules(
        enabled=entry["enabled"] is True,
        role=entry["role"],
        external_id=entry["external_id"],
        language=entry["language"],
        keep_days=entry["keep_days"],
        attempts=entry["attempts"],
        digest_minutes=entry["message_digest_minutes"],
        owner_tags={key.lower(): value for key, value in entry["owner_tags"].items()},
        control_per_hour=entry["budgets"]["control_per_hour"],
        account_per_hour=entry["budgets"]["account_per_hour"],
        total_per_hour=entry["budgets"]["total_per_hour"],
        failures=entry["breaker"]["failures"],
        undos=entry["breaker"]["undos"],
        minutes=entry["breaker"]["minutes"],
    )
