"""What no service model says: rules by service and operation, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.sandbox.refusals.refused import Rules
from orchestrator.sandbox.refusals.rules import (
    awslambda,
    cloudtrail,
    config,
    events,
    guardduty,
    iam,
    kms,
    logs,
    organizations,
    s3,
    securityhub,
    sns,
    sqs,
    stepfunctions,
)

RULES: Mapping[str, Rules] = {
    "cloudtrail": cloudtrail.RULES,
    "config": config.RULES,
    "events": events.RULES,
    "guardduty": guardduty.RULES,
    "iam": iam.RULES,
    "kms": kms.RULES,
    "lambda": awslambda.RULES,
    "logs": logs.RULES,
    "organizations": organizations.RULES,
    "s3": s3.RULES,
    "securityhub": securityhub.RULES,
    "sns": sns.RULES,
    "sqs": sqs.RULES,
    "stepfunctions": stepfunctions.RULES,
}
"""botocore's name of a service → its rules."""
