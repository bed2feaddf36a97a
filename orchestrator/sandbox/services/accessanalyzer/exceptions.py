"""Errors of IAM Access Analyzer."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ConflictException(AwsError):
    code = "ConflictException"


class ValidationException(AwsError):
    code = "ValidationException"


class ServiceQuotaExceededException(AwsError):
    code = "ServiceQuotaExceededException"
