"""IAM Access Analyzer, a service moto does not have: analyzers and archive rules."""

from __future__ import annotations

import datetime
import threading

from moto.core.base_backend import BackendDict

from orchestrator.sandbox import extend
from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import (
    AwsError,
    Backend,
    ConflictException,
    Json,
    ParsedResponses,
    ResourceNotFoundException,
    ValidationException,
    every_path,
    operation,
    operations_of,
    page,
)
from orchestrator.sandbox.organization import has_linked_role, organization_of


class ServiceQuotaExceededException(AwsError):
    code = "ServiceQuotaExceededException"


PRINCIPAL = "access-analyzer.amazonaws.com"
_LOCK = threading.RLock()


def _ready(analyzer: Json) -> None:
    """Source: IAM Access Analyzer API Reference, AnalyzerSummary, status and statusReason."""
    failed = DELAYS.failed("analyzer", analyzer["name"])
    analyzer["status"] = "FAILED" if failed else "ACTIVE"
    if failed:
        analyzer["statusReason"] = {
            "code": failed if failed.isupper() else "INTERNAL_SERVICE_ERROR"
        }


class Analyzers:
    """`all` holds analyzers by name, `rules` the archive rules of each."""

    def __init__(self, backend: AccessAnalyzerBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}
        self.rules: dict[str, dict[str, Json]] = {}

    @operation
    def create_analyzer(self, params: Json) -> Json:
        name, kind = params["analyzerName"], params["type"]
        self._check_type(kind)
        with _LOCK:
            if name in self.all:
                raise ConflictException(f"Analyzer {name} already exists")
            if any(analyzer["type"] == kind for analyzer in self.all.values()):
                raise ServiceQuotaExceededException(f"There is an analyzer of type {kind} already")
            self.all[name] = {
                "arn": self.backend.arn(name),
                "name": name,
                "type": kind,
                "createdAt": _now(),
                "status": "CREATING",
                "tags": dict(params.get("tags") or {}),
                "configuration": params.get("configuration"),
            }
        archive = params.get("archiveRules") or []
        self.rules[name] = {r["ruleName"]: _rule(r["ruleName"], r["filter"]) for r in archive}
        analyzer = self.all[name]
        DELAYS.later("analyzer", lambda: _ready(analyzer))
        return {"arn": analyzer["arn"]}

    @operation
    def get_analyzer(self, params: Json) -> Json:
        return {"analyzer": self._find(params["analyzerName"])}

    @operation
    def list_analyzers(self, params: Json) -> Json:
        kind = params.get("type")
        found = [a for a in self.all.values() if kind in (None, a["type"])]
        return _page(found, params, "analyzers")

    @operation
    def update_analyzer(self, params: Json) -> Json:
        analyzer = self._find(params["analyzerName"])
        analyzer["configuration"] = params.get("configuration", analyzer["configuration"])
        return {"configuration": analyzer["configuration"]}

    @operation
    def delete_analyzer(self, params: Json) -> None:
        name = self._find(params["analyzerName"])["name"]
        del self.all[name], self.rules[name]

    @operation
    def create_archive_rule(self, params: Json) -> None:
        rules, name = self._rules(params), params["ruleName"]
        if name in rules:
            raise ConflictException(f"Archive rule {name} already exists")
        rules[name] = _rule(name, params["filter"])

    @operation
    def get_archive_rule(self, params: Json) -> Json:
        return {"archiveRule": self._rule(params)}

    @operation
    def list_archive_rules(self, params: Json) -> Json:
        return _page(list(self._rules(params).values()), params, "archiveRules")

    @operation
    def update_archive_rule(self, params: Json) -> None:
        self._rule(params).update(filter=params["filter"], updatedAt=_now())

    @operation
    def delete_archive_rule(self, params: Json) -> None:
        del self._rules(params)[self._rule(params)["ruleName"]]

    @operation
    def list_findings(self, params: Json) -> Json:
        return _page([], params, "findings")

    @operation
    def list_findings_v2(self, params: Json) -> Json:
        return _page([], params, "findings")

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"tags": self._tags(params)}

    @operation
    def tag_resource(self, params: Json) -> None:
        self._tags(params).update(params["tags"])

    @operation
    def untag_resource(self, params: Json) -> None:
        for key in params["tagKeys"]:
            self._tags(params).pop(key, None)

    def _check_type(self, kind: str) -> None:
        """The organization's zone of trust is for its administrators, and asks for two things.

        Source: AWS Organizations User Guide, "AWS Identity and Access Management Access Analyzer
        and AWS Organizations"; aws-security-reference-architecture-examples, pull request 47 (the
        role); nozaq/terraform-aws-secure-baseline, issue 166 (trusted access).
        """
        if not kind.startswith("ORGANIZATION"):
            return
        organization = organization_of(self.backend.account_id)
        if organization is None or not organization.is_administrator(
            self.backend.account_id, PRINCIPAL
        ):
            raise ValidationException(
                "You must be the management account or a delegated administrator of an "
                f"organization to create an analyzer of type {kind}"
            )
        if PRINCIPAL not in organization.trusted:
            raise ValidationException("Service not enabled for AWS Organizations")
        if not has_linked_role(organization.management, PRINCIPAL):
            raise ConflictException(
                f"Cannot create analyzer for organization {organization.id}: Service Linked Role "
                "is not in the organizational management account"
            )

    def _find(self, name: str) -> Json:
        if name not in self.all:
            raise ResourceNotFoundException(f"Analyzer {name} was not found")
        return self.all[name]

    def _rules(self, params: Json) -> dict[str, Json]:
        return self.rules[self._find(params["analyzerName"])["name"]]

    def _rule(self, params: Json) -> Json:
        found = self._rules(params).get(params["ruleName"])
        if found is None:
            raise ResourceNotFoundException(f"Archive rule {params['ruleName']} was not found")
        return found

    def _tags(self, params: Json) -> dict[str, str]:
        tags: dict[str, str] = self._find(params["resourceArn"].rsplit("/", 1)[-1])["tags"]
        return tags


PARTS: dict[str, type] = {"analyzers": Analyzers}


class AccessAnalyzerBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.analyzers = Analyzers(self)

    def arn(self, name: str) -> str:
        return f"arn:aws:access-analyzer:{self.region_name}:{self.account_id}:analyzer/{name}"


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, "accessanalyzer")


def _rule(name: str, criteria: Json) -> Json:
    return {"ruleName": name, "filter": criteria, "createdAt": _now(), "updatedAt": _now()}


def _page(items: list[Json], params: Json, key: str) -> Json:
    """Access Analyzer writes its paging words in lower case."""
    wanted = {"NextToken": params.get("nextToken"), "MaxResults": params.get("maxResults")}
    found = page(items, wanted, key)
    return {key: found[key], "nextToken": found.get("NextToken")}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class AccessAnalyzerResponse(ParsedResponses):
    service = "accessanalyzer"


operations_of(AccessAnalyzerResponse, accessanalyzer_backends, PARTS)


url_bases = [r"https?://access-analyzer\.(.+)\.amazonaws\.com"]
url_paths = every_path(AccessAnalyzerResponse.dispatch)


def install() -> None:
    extend.add_service("accessanalyzer", url_bases[0], accessanalyzer_backends)
