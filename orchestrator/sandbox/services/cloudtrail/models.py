"""moto's CloudTrail, with the rules for a trail of the organization."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend as MotoCloudTrailBackend

from orchestrator.sandbox.extend import AwsError
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.services.cloudtrail import delivery
from orchestrator.sandbox.services.cloudtrail.exceptions import (
    CloudTrailAccessNotEnabledException,
    InsufficientEncryptionPolicyException,
    InsufficientS3BucketPolicyException,
    NotOrganizationMasterAccountException,
    OrganizationsNotInUseException,
    TrailAlreadyExistsException,
)


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


class CloudTrailBackend(MotoCloudTrailBackend):  # type: ignore[misc]
    account_id: str
    trails: dict[str, Any]

    def create_trail(self, name: str, *args: Any, is_org_trail: bool = False, **kwargs: Any) -> Any:
        """moto passes everything by position; the seventh after the name is `is_org_trail`."""
        if name in self.trails:
            raise TrailAlreadyExistsException(f"Trail {name} already exists for this account")
        if is_org_trail or args[6]:
            self._check_organization()
        trail = super().create_trail(name, *args, **kwargs)
        if problem := delivery.refused(trail):
            del self.trails[name]
            raise insufficient(trail.bucket_name, problem)
        return trail

    def update_trail(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("is_organization_trail"):
            self._check_organization()
        before = vars(self.get_trail(name)).copy()
        trail = super().update_trail(name, *args, **kwargs)
        if problem := delivery.refused(trail):
            vars(trail).update(before)
            raise insufficient(trail.bucket_name, problem)
        return trail

    def put_insight_selectors(self, trail_name: str, insight_selectors: list[Any]) -> Any:
        """Replaces what is there; moto would add to it."""
        self.get_trail(trail_name).insight_selectors = []
        return super().put_insight_selectors(trail_name, insight_selectors)

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
