"""Errors of AWS Config that moto does not raise."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class NoSuchBucketException(AwsError):
    code = "NoSuchBucketException"


class OrganizationAccessDeniedException(AwsError):
    code = "OrganizationAccessDeniedException"


class ValidationException(AwsError):
    code = "ValidationException"


class InsufficientDeliveryPolicyException(AwsError):
    code = "InsufficientDeliveryPolicyException"
