"""Errors of AWS CloudTrail about trails of an organization."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


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
