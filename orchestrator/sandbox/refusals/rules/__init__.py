"""What no service model says: rules by service and operation, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.sandbox.refusals import Rules
from orchestrator.sandbox.refusals.rules import (
    awslambda,
    events,
    iam,
    kms,
    logs,
    monitoring,
    organizations,
    s3,
    sns,
    sqs,
    stepfunctions,
)

RULES: Mapping[str, Rules] = {
    "cloudtrail": monitoring.CLOUDTRAIL,
    "config": monitoring.CONFIG,
    "events": events.RULES,
    "guardduty": monitoring.GUARDDUTY,
    "iam": iam.RULES,
    "kms": kms.RULES,
    "lambda": awslambda.RULES,
    "logs": logs.RULES,
    "organizations": organizations.RULES,
    "s3": s3.RULES,
    "securityhub": monitoring.SECURITYHUB,
    "sns": sns.RULES,
    "sqs": sqs.RULES,
    "stepfunctions": stepfunctions.RULES,
}
"""botocore's name of a service → its rules."""
