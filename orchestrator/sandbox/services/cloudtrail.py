"""AWS CloudTrail: who may have a trail of the organization, and trails by name.

The actions are moto's own, but shadows of trails can be read, and trails named.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.cloudtrail import urls
from moto.cloudtrail.models import CloudTrailBackend as MotoCloudTrailBackend
from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse as MotoCloudTrailResponse

from orchestrator.sandbox import extend
from orchestrator.sandbox.data_access import key_arn, write_refusal
from orchestrator.sandbox.extend import AwsError, Json
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.service_access import on_behalf


class NotOrganizationMasterAccountException(AwsError):
    code = "NotOrganizationMasterAccountException"


class OrganizationsNotInUseException(AwsError):
    code = "OrganizationsNotInUseException"


class CloudTrailAccessNotEnabledException(AwsError):
    code = "CloudTrailAccessNotEnabledException"


class TrailAlreadyExistsException(AwsError):
    code = "TrailAlreadyExistsException"


class InsufficientS3BucketPolicyException(AwsError):
    code = "InsufficientS3BucketPolicyException"


class InsufficientEncryptionPolicyException(AwsError):
    code = "InsufficientEncryptionPolicyException"


SERVICE = "cloudtrail.amazonaws.com"


def refused(trail: Any) -> str:
    """Why not; '' when it can. An organization's trail writes below two folders."""
    keys = on_behalf(SERVICE, trail.arn, trail.account_id)
    prefix = f"{trail.s3_key_prefix.strip('/')}/" if trail.s3_key_prefix else ""
    organization = organization_of(trail.account_id) if trail.is_org_trail else None
    key = str(trail.kms_key_id or "")
    key = key and key_arn(key, trail.account_id, trail.region_name)
    owners = [trail.account_id, *([organization.id] if organization else [])]
    for owner in owners:
        name = f"{prefix}AWSLogs/{owner}/CloudTrail/any"
        if problem := write_refusal(SERVICE, trail.bucket_name, name, keys, key):
            return problem
    return ""


def insufficient(bucket: str, problem: str) -> AwsError:
    """The error, by what stands in the way: the bucket or the key."""
    if ":kms:" in problem:
        return InsufficientEncryptionPolicyException(
            f"Insufficient permissions to access S3 bucket {bucket} or KMS key: {problem}"
        )
    return InsufficientS3BucketPolicyException(
        f"Incorrect S3 bucket policy is detected for bucket: {bucket}: {problem}"
    )


PRINCIPAL = "cloudtrail.amazonaws.com"
EVERY_MANAGEMENT_EVENT: Json = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
"""Source: AWS CloudTrail API Reference, PutEventSelectors: what a trail without any has."""


class CloudTrailBackend(MotoCloudTrailBackend):  # type: ignore[misc]
    account_id: str
    region_name: str
    trails: dict[str, Any]

    def create_trail(self, name: str, *args: Any, is_org_trail: bool = False, **kwargs: Any) -> Any:
        """moto passes everything by position; the seventh after the name is `is_org_trail`."""
        if name in self.trails:
            raise TrailAlreadyExistsException(f"Trail {name} already exists for this account")
        if is_org_trail or args[6]:
            self._check_organization()
        trail = super().create_trail(name, *args, **kwargs)
        if problem := refused(trail):
            del self.trails[name]
            raise insufficient(trail.bucket_name, problem)
        return trail

    def update_trail(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("is_organization_trail"):
            self._check_organization()
        before = vars(self.get_trail(name)).copy()
        trail = super().update_trail(name, *args, **kwargs)
        if problem := refused(trail):
            vars(trail).update(before)
            raise insufficient(trail.bucket_name, problem)
        return trail

    def delete_trail(self, name: str) -> None:
        self.trails.pop(self.get_trail(name).trail_name)

    def get_trail(self, name_or_arn: str) -> Any:
        """Of this account and region: what changes a trail comes here."""
        if name_or_arn in {trail.arn for trail in self._of_the_organization()}:
            raise NotOrganizationMasterAccountException(
                "Only the management account or a delegated administrator can change an "
                "organization trail."
            )
        return super().get_trail(name_or_arn)

    def seen(self, name_or_arn: str) -> Any:
        """Of this account and region by name; a shadow, which can be read alone, by ARN."""
        shadows = (trail for trail in self.describe_trails(True) if trail.arn == name_or_arn)
        return next(shadows, None) or super().get_trail(name_or_arn)

    def describe_trails(self, include_shadow_trails: bool) -> list[Any]:
        """Shadows are trails of all regions elsewhere, and in a member the organization's."""
        found = list(super().describe_trails(include_shadow_trails))
        return [*found, *self._of_the_organization()] if include_shadow_trails else found

    def put_event_selectors(
        self, trail_name: str, event_selectors: list[Json], advanced_event_selectors: list[Json]
    ) -> Any:
        """One kind replaces the other."""
        trail = self.get_trail(trail_name)
        trail.event_selectors, trail.advanced_event_selectors = [], []
        return super().put_event_selectors(trail_name, event_selectors, advanced_event_selectors)

    def get_event_selectors(self, trail_name: str) -> tuple[str, list[Json], list[Json]]:
        trail = self.seen(trail_name)
        plain, advanced = trail.get_event_selectors()
        return trail.arn, plain or ([] if advanced else [EVERY_MANAGEMENT_EVENT]), advanced

    def get_insight_selectors(self, trail_name: str) -> tuple[str, list[Json]]:
        trail = self.seen(trail_name)
        return trail.arn, trail.get_insight_selectors()

    def put_insight_selectors(self, trail_name: str, insight_selectors: list[Any]) -> Any:
        """Replaces what is there; moto would add to it."""
        self.get_trail(trail_name).insight_selectors = []
        return super().put_insight_selectors(trail_name, insight_selectors)

    def _of_the_organization(self) -> list[Any]:
        """The trails that record this account and are another's."""
        organization = organization_of(self.account_id)
        if organization is None:
            return []
        owners = {organization.management, *organization.delegated} - {self.account_id}
        accounts = [cloudtrail_backends[owner] for owner in sorted(owners)]
        backends = [backend for account in accounts for backend in tuple(dict.values(account))]
        trails = [trail for backend in backends for trail in tuple(backend.trails.values())]
        here = self.region_name
        return [
            t for t in trails if t.is_org_trail and (t.is_multi_region or t.region_name == here)
        ]

    def _check_organization(self) -> None:
        organization = organization_of(self.account_id)
        if organization is None:
            raise OrganizationsNotInUseException("The account is not a member of an organization.")
        if not organization.is_administrator(self.account_id, PRINCIPAL):
            raise NotOrganizationMasterAccountException(
                "Only the management account or a delegated administrator can create or update an "
                "organization trail."
            )
        if PRINCIPAL not in organization.trusted:
            raise CloudTrailAccessNotEnabledException(
                "Trusted access between CloudTrail and Organizations is not enabled."
            )


def install() -> None:
    extend.substitute(cloudtrail_backends, CloudTrailBackend)
    extend.amend(Trail, "description", described)


def described(original: Callable[..., Json], self: Any, *args: Any, **given: Any) -> Json:
    """With whether it records anything else than a new trail does."""
    return {
        **original(self, *args, **given),
        "HasCustomEventSelectors": bool(self.event_selectors or self.advanced_event_selectors),
        "HasInsightSelectors": bool(self.insight_selectors),
    }


class CloudTrailResponse(MotoCloudTrailResponse):  # type: ignore[misc]
    def get_trail(self) -> str:
        trail = self.cloudtrail_backend.seen(self._get_param("Name"))
        return json.dumps({"Trail": trail.description(include_region=True)})

    def get_event_selectors(self) -> str:
        """Of the kind that the trail has."""
        answer = json.loads(super().get_event_selectors())
        return json.dumps({key: value for key, value in answer.items() if value})

    def get_trail_status(self) -> str:
        """With why the last delivery failed: here, would fail now."""
        status = json.loads(super().get_trail_status())
        name = self._get_param("Name")
        trails = self.cloudtrail_backend.describe_trails(True)
        trail = next(t for t in trails if name in (t.trail_name, t.arn))
        if status["IsLogging"] and refused(trail):
            status["LatestDeliveryError"] = "AccessDenied"
        return json.dumps(status)

    def describe_trails(self) -> str:
        """Names and ARNs in `trailNameList` narrow the answer; one that is unknown is left out."""
        answer = json.loads(super().describe_trails())
        wanted = self._get_param("trailNameList")
        if wanted:
            trails = answer["trailList"]
            answer["trailList"] = [t for t in trails if {t["Name"], t["TrailARN"]} & {*wanted}]
        return json.dumps(answer)


url_bases = urls.url_bases
url_paths = {"{0}/$": CloudTrailResponse.dispatch}
