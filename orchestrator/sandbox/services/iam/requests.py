"""What moto's IAM does not answer: root access of members, simulation, last accessed services."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.sandbox.callers import document_of, granted
from orchestrator.sandbox.conditions import matches
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, result
from orchestrator.sandbox.needs.reference import names
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.policy import Effect, Question, Statement, ask, parse
from orchestrator.sandbox.services.iam.backend import (
    AccountNotManagementOrDelegatedAdministrator,
    NoSuchEntity,
    NotSupportedService,
    OrganizationNotFound,
    ServiceAccessNotEnabled,
)

PRINCIPAL = "iam.amazonaws.com"


def list_organizations_features(self: Any) -> Any:
    organization = organization_of(self.current_account)
    if organization is None:
        raise OrganizationNotFound("The account is not part of an organization.")
    if not organization.is_administrator(self.current_account, PRINCIPAL):
        raise AccountNotManagementOrDelegatedAdministrator(
            "The account is neither the management account nor a delegated administrator for IAM."
        )
    if PRINCIPAL not in organization.trusted:
        raise ServiceAccessNotEnabled("Trusted access for IAM is not enabled in Organizations.")
    return result({"OrganizationId": organization.id, "EnabledFeatures": []})


DECISIONS = {
    Effect.ALLOW: "allowed",
    Effect.DENY: "explicitDeny",
    Effect.SILENT: "implicitDeny",
}


def simulate_custom_policy(self: Any) -> Any:
    """One result for each action and resource; what is not said of a request is not in it."""
    entries: list[Json] = self._get_param("ContextEntries", [])
    context = {entry["ContextKeyName"].lower(): entry["ContextKeyValues"] for entry in entries}
    documents = self._get_param("PolicyInputList", [])
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": DECISIONS[ask(documents, Question(action, resource, context))],
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns") or ["*"]
    ]
    return result({"EvaluationResults": results, "IsTruncated": False})


SERVICES = ("bedrock.amazonaws.com", "cassandra.amazonaws.com", "codecommit.amazonaws.com")


def list_service_specific_credentials(self: Any) -> Any:
    """Of a user who is there."""
    service = self._get_param("ServiceName")
    if service and service not in SERVICES:
        raise NotSupportedService(f"{service} does not support service-specific credentials.")
    if name := self._get_param("UserName"):
        self.backend.get_user(name)
    return result({"ServiceSpecificCredentials": []})


PAGE = 100
"""Services of an answer that is not told how many."""


@dataclass(frozen=True, slots=True)
class Report:
    """`seen_at` is when it is ready, on the sandbox's clock."""

    kind: str
    services: tuple[str, ...]
    asked: datetime
    seen_at: float


def generate_service_last_accessed_details(self: Any) -> Any:
    documents = _documents(self.backend, self.current_account, self._get_param("Arn"))
    kind = self._get_param("Granularity") or "SERVICE_LEVEL"
    lasts = DELAYS.lasts("iam")
    job = str(uuid.uuid4())
    _reports(self.backend)[job] = Report(
        kind, tuple(allowed(documents)), datetime.now(UTC), DELAYS.now() + lasts
    )
    return result({"JobId": job})


def get_service_last_accessed_details(self: Any) -> Any:
    job = self._get_param("JobId")
    report = _reports(self.backend).get(job)
    if report is None:
        raise NoSuchEntity(f"Job {job} does not exist.")
    about = {"JobType": report.kind, "JobCreationDate": report.asked}
    if not DELAYS.is_seen(report):
        return result({**about, "JobStatus": "IN_PROGRESS", "ServicesLastAccessed": []})
    start, size = int(self._get_param("Marker") or 0), int(self._get_param("MaxItems") or PAGE)
    more = start + size < len(report.services)
    answer = {
        **about,
        "JobStatus": "COMPLETED",
        "JobCompletionDate": report.asked + timedelta(seconds=DELAYS.lasts("iam")),
        "ServicesLastAccessed": [_service(each) for each in report.services[start : start + size]],
        "IsTruncated": more,
    }
    return result({**answer, "Marker": str(start + size)} if more else answer)


def _service(prefix: str) -> Json:
    called = names()[prefix]
    return {"ServiceName": called, "ServiceNamespace": prefix, "TotalAuthenticatedEntities": 0}


def _reports(backend: Any) -> dict[str, Report]:
    reports: dict[str, Report] = backend.__dict__.setdefault("last_accessed", {})
    return reports


def _documents(iam: Any, account_id: str, arn: str) -> Sequence[str]:
    """The policies of whatever has the ARN; a user has those of its groups, too."""
    if arn in iam.managed_policies:
        return [document_of(account_id, arn)]
    groups = list(iam.groups.values())
    everybody = (*list(iam.roles.values()), *list(iam.users.values()), *groups)
    found = next((one for one in everybody if one.arn == arn), None)
    if found is None:
        raise NoSuchEntity(f"ARN {arn} was not found.")
    mine = [group for group in groups if found in group.users]
    return [text for one in (found, *mine) for text in granted(one)]


def allowed(documents: Sequence[str]) -> Iterator[str]:
    """The prefixes of the services of which something is allowed, and not all of it denied."""
    statements = [statement for document in documents for statement in parse(document)]
    for prefix in sorted(names()):
        gives = any(each.allows and _gives(each, prefix) for each in statements)
        if gives and not any(_takes_all(each, prefix) for each in statements):
            yield prefix


def _gives(statement: Statement, prefix: str) -> bool:
    if statement.inverted_actions:
        return not _whole(statement, prefix)
    services = (action.partition(":")[0].lower() for action in statement.actions)
    return any(matches(service, prefix) for service in services)


def _takes_all(statement: Statement, prefix: str) -> bool:
    plain = not statement.allows and not statement.inverted_actions and not statement.conditions
    return plain and statement.resources == ("*",) and _whole(statement, prefix)


def _whole(statement: Statement, prefix: str) -> bool:
    return any(action.lower() in ("*", f"{prefix}:*") for action in statement.actions)
