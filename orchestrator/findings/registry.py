"""Every remediation, by its control; and the calls that make the other controls fail."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.findings.causes import (
    Cause,
    Tree,
    as_text,
    by_root,
    given,
    items,
    missing,
    negated,
    not_given,
    omits,
    policy,
    says,
)
from orchestrator.findings.remediation import Remediation
from orchestrator.findings.services import (
    account,
    apigateway,
    athena,
    autoscaling,
    awslambda,
    cloudformation,
    cloudfront,
    cloudfront_tls,
    cloudtrail,
    cloudwatch,
    codebuild,
    cognito,
    config,
    dms,
    dynamodb,
    ec2,
    ecr,
    ecs,
    ecs_services,
    efs,
    eks,
    elasticache,
    elb,
    elb_listeners,
    emr,
    firehose,
    guardduty,
    iam,
    inspector,
    kinesis,
    kms,
    macie,
    more_tags,
    mq,
    msk,
    networkfirewall,
    opensearch,
    opensearch_logs,
    rds,
    redshift,
    redshift_serverless,
    redshift_tags,
    route53,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    stepfunctions,
    tags,
    wafv2,
)
from orchestrator.findings.services.slow import slowly


def for_all_actions(statement: Tree) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and "*" in items(statement, "Action")
        and "*" in items(statement, "Resource")
    )


def for_a_whole_service(statement: Tree) -> bool:
    return statement.get("Effect") == "Allow" and any(
        as_text(action).endswith(":*") for action in items(statement, "Action")
    )


POLICY_WRITTEN = ("CreatePolicy", "CreatePolicyVersion")

UNREMEDIATED: Mapping[str, tuple[Cause, ...]] = {
    "ec2.3": (
        Cause("ec2", ("CreateVolume", "RunInstances"), omits("encrypted", "true"), sure=False),
        Cause("ec2", ("AttachVolume",), sure=False),
    ),
    "ec2.9": (
        Cause("ec2", ("AssociateAddress",)),
        Cause("ec2", ("RunInstances",), says("associatePublicIpAddress", "true")),
        Cause("ec2", ("RunInstances",), omits("associatePublicIpAddress", "false"), sure=False),
    ),
    "efs.1": (Cause("elasticfilesystem", ("CreateFileSystem",), not_given("encrypted", "true")),),
    "iam.1": (Cause("iam", POLICY_WRITTEN, policy("policyDocument", for_all_actions)),),
    "iam.2": (Cause("iam", ("AttachUserPolicy", "PutUserPolicy")),),
    "iam.4": (Cause("iam", ("CreateAccessKey",), by_root),),
    "iam.5": (
        Cause("iam", ("DeactivateMFADevice",)),
        Cause("iam", ("CreateLoginProfile",), sure=False),
    ),
    "iam.6": (Cause("iam", ("DeactivateMFADevice",), by_root),),
    "iam.9": (Cause("iam", ("DeactivateMFADevice",), by_root),),
    "iam.19": (Cause("iam", ("DeactivateMFADevice", "CreateUser")),),
    "iam.21": (Cause("iam", POLICY_WRITTEN, policy("policyDocument", for_a_whole_service)),),
    "lambda.2": (
        Cause(
            "lambda",
            ("CreateFunction20150331", "UpdateFunctionConfiguration20150331v2"),
            negated(missing("runtime")),
            sure=False,
        ),
    ),
    "opensearch.1": (
        Cause(
            "es",
            ("CreateDomain", "CreateElasticsearchDomain"),
            not_given("encryptionAtRestOptions.enabled", "true"),
        ),
    ),
    "rds.3": (
        Cause("rds", ("CreateDBInstance",), not_given("storageEncrypted", "true"), sure=False),
        Cause("rds", ("CreateDBInstance",), given("storageEncrypted", "false")),
        Cause("rds", ("RestoreDBInstanceFromDBSnapshot",), sure=False),
    ),
}
"""By the control's id in lower case."""


REMEDIATIONS: tuple[Remediation, ...] = slowly(
    *account.REMEDIATIONS,
    *apigateway.REMEDIATIONS,
    *athena.REMEDIATIONS,
    *autoscaling.REMEDIATIONS,
    *awslambda.REMEDIATIONS,
    *cloudformation.REMEDIATIONS,
    *cloudfront.REMEDIATIONS,
    *cloudfront_tls.REMEDIATIONS,
    *cloudtrail.REMEDIATIONS,
    *cloudwatch.REMEDIATIONS,
    *codebuild.REMEDIATIONS,
    *cognito.REMEDIATIONS,
    *config.REMEDIATIONS,
    *dms.REMEDIATIONS,
    *dynamodb.REMEDIATIONS,
    *ec2.REMEDIATIONS,
    *ecr.REMEDIATIONS,
    *ecs.REMEDIATIONS,
    *ecs_services.REMEDIATIONS,
    *efs.REMEDIATIONS,
    *eks.REMEDIATIONS,
    *elasticache.REMEDIATIONS,
    *elb.REMEDIATIONS,
    *elb_listeners.REMEDIATIONS,
    *emr.REMEDIATIONS,
    *firehose.REMEDIATIONS,
    *guardduty.REMEDIATIONS,
    *iam.REMEDIATIONS,
    *inspector.REMEDIATIONS,
    *kinesis.REMEDIATIONS,
    *kms.REMEDIATIONS,
    *macie.REMEDIATIONS,
    *more_tags.REMEDIATIONS,
    *mq.REMEDIATIONS,
    *msk.REMEDIATIONS,
    *networkfirewall.REMEDIATIONS,
    *opensearch.REMEDIATIONS,
    *opensearch_logs.REMEDIATIONS,
    *rds.REMEDIATIONS,
    *redshift.REMEDIATIONS,
    *redshift_serverless.REMEDIATIONS,
    *redshift_tags.REMEDIATIONS,
    *route53.REMEDIATIONS,
    *s3.REMEDIATIONS,
    *secretsmanager.REMEDIATIONS,
    *sns.REMEDIATIONS,
    *sqs.REMEDIATIONS,
    *ssm.REMEDIATIONS,
    *stepfunctions.REMEDIATIONS,
    *tags.REMEDIATIONS,
    *wafv2.REMEDIATIONS,
)

BY_CONTROL: Mapping[str, Remediation] = {
    control.lower(): remediation for remediation in REMEDIATIONS for control in remediation.controls
}
"""By the control's id in lower case: 's3.1'."""


def causes_of(control: str) -> tuple[Cause, ...]:
    """The calls that make the control fail; () where none is known.

    Ids are compared without case.
    """
    remediation = BY_CONTROL.get(control.lower())
    if remediation is None:
        return UNREMEDIATED.get(control.lower(), ())
    return tuple(
        cause
        for cause in remediation.causes
        if not cause.controls or control.lower() in map(str.lower, cause.controls)
    )
