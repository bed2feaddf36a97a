"""The findings port: Security Hub's administrator, asked with the plan role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import UsageError
from orchestrator.findings.decision import over
from orchestrator.findings.event_reader import clean, number
from orchestrator.findings.events import Parsed, read, read_v2
from orchestrator.findings.finding import Category, Finding
from orchestrator.findings.remediation import Place
from orchestrator.findings.resource_id import asff_type, known_as
from orchestrator.model.exposures import RemediationTarget
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose

AT_ONCE = 20
"""Values of one filter. Source: Security Hub API Reference, AwsSecurityFindingFilters."""


class AwsFindings:
    """Reads where the findings of all accounts and regions come together."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._organization = credential_cache, organization

    def newer(self, accounts: Sequence[AccountId], since: datetime) -> tuple[str, ...]:
        """By when Security Hub first made them, so what is only updated is not new."""
        return tuple(line for some in _chunks(accounts) for line in self._newer(some, since))

    def of(self, control: str) -> tuple[Parsed, ...]:
        """What fails a control, in every account; suppressed findings are left out.

        Raises findings' Wrong for a finding that cannot be read.
        """
        security = self._organization.security.id
        session = self._credential_cache.session(security, Purpose.PLAN)
        region = self._organization.facts.home_region
        filters = {
            "ComplianceSecurityControlId": _any_of((control,)),
            "ComplianceStatus": _any_of(("FAILED", "WARNING")),
            "RecordState": _any_of(("ACTIVE",)),
            "WorkflowStatus": _any_of(("NEW", "NOTIFIED")),
        }
        found = session.pages("securityhub", "GetFindings", "Findings", region, Filters=filters)
        return read(found)

    def raw(self, uid: str) -> tuple[Mapping[str, object], ...]:
        """The finding of this id, as Security Hub gives it."""
        session = self._credential_cache.session(self._organization.security.id, Purpose.PLAN)
        region = self._organization.facts.home_region
        filters = {"Id": _any_of((uid,))}
        answer = session.call("securityhub", "GetFindings", region, Filters=filters)
        return tuple(answer["Findings"])

    def all(self) -> Iterator[Parsed]:
        """Every active finding of a control, whether passed or failed, page by page.

        GetFindings answers 100 at most, three times a second. Source: Security Hub API Reference.
        """
        security = self._organization.security.id
        session = self._credential_cache.session(security, Purpose.PLAN)
        region = self._organization.facts.home_region
        filters = {"ProductName": _any_of(("Security Hub",)), "RecordState": _any_of(("ACTIVE",))}
        pages = session.each_page("securityhub", "GetFindings", region, Filters=filters)
        for page in pages:
            yield from read(page["Findings"])

    def remediation_targets(self) -> tuple[RemediationTarget, ...] | None:
        """What AWS would change to close exposures, in every account; None where the hub is off.

        Raises AwsDenied.
        """
        found = self._of_unified_hub("GetRemediationsV2", "Items")
        return (
            None
            if found is None
            else tuple(_target(item) for item in found if item["Status"] != "Resolved")
        )

    def unwatched(self) -> Mapping[AccountId, tuple[str, ...]]:
        """By account, what the unified hub says no security service watches there.

        Nothing where that hub is off. Raises AwsDenied.
        """
        coverage = [
            {"FieldName": "metadata.product.name", "Filter": _equals("Security Hub Coverage")},
            {"FieldName": "activity_name", "Filter": _equals("Close", "NOT_EQUALS")},
        ]
        filters = {"CompositeFilters": [{"StringFilters": coverage, "Operator": "AND"}]}
        found = self._of_unified_hub("GetFindingsV2", "Findings", Filters=filters) or []
        lines: dict[AccountId, tuple[str, ...]] = {}
        for each in read_v2(found):
            if isinstance(each, Finding) and each.category is Category.COVERAGE and not over(each):
                account = AccountId(each.account)
                lines[account] = (*lines.get(account, ()), f"{each.region}: {each.title}")
        return {account: tuple(sorted(each)) for account, each in lines.items()}

    def _of_unified_hub(
        self, operation: str, key: str, **parameters: object
    ) -> list[dict[str, Any]] | None:
        """Every item; None where the hub is off."""
        session = self._credential_cache.session(self._organization.security.id, Purpose.PLAN)
        region = self._organization.facts.home_region
        try:
            session.call("securityhub", "DescribeSecurityHubV2", region)
        except Refused as refused:
            if refused.code == "ResourceNotFoundException":
                return None
            raise
        return session.pages("securityhub", operation, key, region, **parameters)

    def _newer(self, accounts: Sequence[AccountId], since: datetime) -> Iterator[str]:
        security = self._organization.security.id
        session = self._credential_cache.session(security, Purpose.PLAN)
        region = self._organization.facts.home_region
        filters = _filters(accounts, since)
        found = session.pages("securityhub", "GetFindings", "Findings", region, Filters=filters)
        for finding in found:
            yield f"{finding['Title']} ({finding['AwsAccountId']})"


def _target(item: Mapping[str, Any]) -> RemediationTarget:
    """Of an item of GetRemediationsV2. Texts are AWS's, and of whoever named the resource."""
    resource, outcome = item["Resource"], item["Outcome"]
    account = resource.get("ResourceOwnerAccountId") or resource["AccountId"]
    place = Place(account, resource["ResourceRegion"])
    kind = asff_type(clean(resource["Type"], 100))
    return RemediationTarget(
        uid=clean(item["TargetUid"], 2048),
        action=clean(item["RemediationSummary"]["Action"], 256),
        priority=clean(item["Priority"], 20),
        account=clean(account, 40),
        region=clean(resource["ResourceRegion"], 40),
        resource=known_as(kind, (clean(resource["Id"], 1024),), place),
        resource_type=kind,
        trait=clean(item["Trait"]["Title"], 256),
        resolves=number(outcome["ResolvedFindingsCount"]),
        reduces=number(outcome["SeverityReductionFindingsCount"]),
    )


def _filters(accounts: Sequence[AccountId], since: datetime) -> dict[str, object]:
    until = since + timedelta(days=3650)
    return {
        "AwsAccountId": _any_of(accounts),
        "SeverityLabel": _any_of(("CRITICAL", "HIGH")),
        "RecordState": _any_of(("ACTIVE",)),
        "WorkflowStatus": _any_of(("NEW", "NOTIFIED")),
        "CreatedAt": [{"Start": _stamp(since), "End": _stamp(until)}],
    }


def _equals(value: str, comparison: str = "EQUALS") -> dict[str, str]:
    return {"Value": value, "Comparison": comparison}


def _any_of(values: Sequence[str]) -> list[dict[str, str]]:
    return [{"Value": value, "Comparison": "EQUALS"} for value in values]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _chunks(accounts: Sequence[AccountId]) -> Iterator[Sequence[AccountId]]:
    left = iter(accounts)
    while some := tuple(islice(left, AT_ONCE)):
        yield some


Asked = tuple[str, str, object]
"""Error code, message, content."""


class CertifiedAws:
    """Raises UsageError if this is not the organization that was named as disposable."""

    def __init__(
        self,
        environment: Mapping[str, str],
        region: str,
        disposable: str,
        member: str,
        entry_role: str,
    ) -> None:
        self._management = AwsSession(environment, region)
        self._region, self._member_id, self._entry_role = region, member, entry_role
        organization = self._management.call("organizations", "DescribeOrganization")
        self._organization: Mapping[str, str] = organization["Organization"]
        self._check(disposable)

    def _check(self, disposable: str) -> None:
        found = self._organization
        if found["Id"] != disposable:
            raise UsageError(
                f"these credentials are of organization {found['Id']}, not {disposable}",
                "name an organization that may be thrown away, and use its credentials",
            )
        if self._management.identity().account != found["MasterAccountId"]:
            raise UsageError(
                "these credentials are not of the management account",
                f"use an administrator's of {found['MasterAccountId']}",
            )
        if self._member_id == found["MasterAccountId"]:
            raise UsageError(
                f"{self._member_id} is the management account",
                "name a member account of which nothing is of value",
            )

    def names(self) -> Mapping[str, str]:
        return {
            "management": self._organization["MasterAccountId"],
            "member": self._member_id,
            "organization": self._organization["Id"],
            "region": self._region,
        }

    @cached_property
    def _member(self) -> AwsSession:
        arn = f"arn:aws:iam::{self._member_id}:role/{self._entry_role}"
        keys = self._management.assume(arn, "certify")
        return self._management.acting_as(keys, self._member_id, self._entry_role)

    def ask(
        self, in_member: bool, service: str, operation: str, region: str, parameters: Any
    ) -> Asked:
        """One request; a refusal is an answer."""
        session = self._member if in_member else self._management
        try:
            answer = session.call(service, operation, region, **parameters)
        except Refused as refusal:
            return refusal.code, refusal.reason.removeprefix(f"{refusal.code}: "), None
        return "", "", _content(answer)


def _content(answer: dict[str, Any]) -> object:
    """Without what belongs to the transport; a stream is read."""
    content = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return _read(content, lambda stream: stream.read())


def _read(value: Any, read: Callable[[Any], bytes]) -> Any:
    if isinstance(value, dict):
        return {key: _read(each, read) for key, each in value.items()}
    if isinstance(value, list):
        return [_read(each, read) for each in value]
    return read(value) if hasattr(value, "read") else value
