"""Every remediation there is, and the control each is for."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.findings.causes import Cause
from orchestrator.findings.remediation import Remediation
from orchestrator.findings.services import (
    account,
    apigateway,
    athena,
    autoscaling,
    awslambda,
    cloudformation,
    cloudfront,
    cloudtrail,
    cloudwatch,
    codebuild,
    config,
    dms,
    dynamodb,
    ec2,
    ecr,
    ecr_public,
    ecs,
    eks,
    elasticache,
    elb,
    emr,
    guardduty,
    iam,
    inspector,
    kinesis,
    kms,
    macie,
    mq,
    networkfirewall,
    opensearch,
    rds,
    redshift,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    stepfunctions,
)
from orchestrator.findings.unremediated import CAUSES

REMEDIATIONS: tuple[Remediation, ...] = (
    *account.REMEDIATIONS,
    *apigateway.REMEDIATIONS,
    *athena.REMEDIATIONS,
    *autoscaling.REMEDIATIONS,
    *awslambda.REMEDIATIONS,
    *cloudformation.REMEDIATIONS,
    *cloudfront.REMEDIATIONS,
    *cloudtrail.REMEDIATIONS,
    *cloudwatch.REMEDIATIONS,
    *codebuild.REMEDIATIONS,
    *config.REMEDIATIONS,
    *dms.REMEDIATIONS,
    *dynamodb.REMEDIATIONS,
    *ec2.REMEDIATIONS,
    *ecr.REMEDIATIONS,
    *ecr_public.REMEDIATIONS,
    *ecs.REMEDIATIONS,
    *eks.REMEDIATIONS,
    *elasticache.REMEDIATIONS,
    *elb.REMEDIATIONS,
    *emr.REMEDIATIONS,
    *guardduty.REMEDIATIONS,
    *iam.REMEDIATIONS,
    *inspector.REMEDIATIONS,
    *kinesis.REMEDIATIONS,
    *kms.REMEDIATIONS,
    *macie.REMEDIATIONS,
    *mq.REMEDIATIONS,
    *networkfirewall.REMEDIATIONS,
    *opensearch.REMEDIATIONS,
    *rds.REMEDIATIONS,
    *redshift.REMEDIATIONS,
    *s3.REMEDIATIONS,
    *secretsmanager.REMEDIATIONS,
    *sns.REMEDIATIONS,
    *sqs.REMEDIATIONS,
    *ssm.REMEDIATIONS,
    *stepfunctions.REMEDIATIONS,
)

BY_CONTROL: Mapping[str, Remediation] = {
    control.lower(): remediation for remediation in REMEDIATIONS for control in remediation.controls
}
"""By the control's id in lower case: 's3.1'."""


def causes_of(control: str) -> tuple[Cause, ...]:
    """The calls that make the control fail; () where none is known. Ids are compared without case.

    Controls without a remediation are in `unremediated.py`.
    """
    remediation = BY_CONTROL.get(control.lower())
    if remediation is None:
        return CAUSES.get(control.lower(), ())
    return tuple(
        cause
        for cause in remediation.causes
        if not cause.controls or control.lower() in map(str.lower, cause.controls)
    )
