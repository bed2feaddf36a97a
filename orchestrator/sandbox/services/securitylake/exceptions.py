"""Errors of Security Lake."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class BadRequestException(AwsError):
    code = "BadRequestException"


class ConflictException(AwsError):
    code = "ConflictException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"
