"""What moto lacks of AWS, one module or package a service, by moto's name for it.

Each offers `install()`; nothing changes in moto before it is called.
"""

from __future__ import annotations

from orchestrator.sandbox import extend
from orchestrator.sandbox.services import (
    accessanalyzer,
    account,
    athena,
    awslambda,
    cloudfront,
    cloudtrail,
    cloudwatch,
    config,
    dms,
    ec2,
    ecs,
    eks,
    elbv2,
    empty,
    events,
    firehose,
    guardduty,
    iam,
    kms,
    logs,
    opensearch,
    opensearchserverless,
    rds,
    rolesanywhere,
    route53resolver,
    s3,
    schemas,
    securityhub,
    securitylake,
    slow,
    sns,
    sqs,
    stepfunctions,
)

__all__ = ["install", "on_account_moved", "on_policies_changed"]

SERVICES = (
    accessanalyzer,
    account,
    athena,
    awslambda,
    cloudfront,
    cloudtrail,
    cloudwatch,
    config,
    dms,
    ec2,
    ecs,
    eks,
    elbv2,
    empty,
    events,
    firehose,
    guardduty,
    iam,
    kms,
    logs,
    opensearch,
    opensearchserverless,
    rds,
    rolesanywhere,
    route53resolver,
    s3,
    schemas,
    securityhub,
    securitylake,
    slow,
    sns,
    sqs,
    stepfunctions,
)


def install() -> None:
    """Extend moto in this process; before its server makes the application of a service."""
    extend.keep_operations_apart()
    extend.name_missing_calls()
    for service in SERVICES:
        service.install()


def on_account_moved(account_id: str) -> None:
    """To be called when an account has joined an organization or changed its OU.

    Services that configure an organization's accounts catch up with it.
    """
    securityhub.on_account_moved(account_id)
    guardduty.on_account_moved(account_id)


def on_policies_changed(management: str) -> None:
    """To be called when policies of the organization have changed, or where they are attached."""
    securityhub.on_policies_changed(management)
