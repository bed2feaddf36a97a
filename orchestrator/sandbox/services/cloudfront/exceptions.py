"""Errors of CloudFront that moto does not have."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class DistributionNotDisabled(AwsError):
    code = "DistributionNotDisabled"


class IllegalUpdate(AwsError):
    code = "IllegalUpdate"


class PreconditionFailed(AwsError):
    code = "PreconditionFailed"
