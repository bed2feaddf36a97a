"""Remediations that moto, or the sandbox that is built on it, cannot run from end to end, and why.

Shown by `orchestrator controls coverage`. They are tested with the missing calls answered in moto's
place, and a test fails as soon as moto, or the sandbox, is able to run one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

MOTO_LACKS: Mapping[str, str] = {
    "APIGateway.1": "apigatewayv2:UpdateStage, for WebSocket APIs; REST APIs run",
    "Athena.4": "athena:UpdateWorkGroup",
    "CloudFormation.1": "cloudformation:UpdateStack takes new topics alone for no update",
    "CodeBuild.2": "codebuild:UpdateProject",
    "CodeBuild.3": "codebuild:UpdateProject",
    "CodeBuild.4": "codebuild:UpdateProject",
    "CodeBuild.5": "codebuild:UpdateProject",
    "EC2.172": "ec2:DescribeVpcBlockPublicAccessOptions and ModifyVpcBlockPublicAccessOptions",
    "EC2.182": "ec2:GetSnapshotBlockPublicAccessState, EnableSnapshotBlockPublicAccess",
    "ECR.4": "the service ecr-public",
    "ECS.12": "ecs:UpdateClusterSettings",
    "ElastiCache.1": "elasticache:ModifyCacheCluster",
    "ElastiCache.2": "elasticache:ModifyCacheCluster",
    "EMR.2": "elasticmapreduce:PutBlockPublicAccessConfiguration never switches off",
    "GuardDuty.2": "guardduty:ListFilters, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.3": "guardduty:ListIPSets, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.4": "guardduty:ListTagsForResource, TagResource and UntagResource",
    **dict.fromkeys(
        (f"GuardDuty.{number}" for number in (5, 6, 8, 9, 10, 11)),
        "guardduty:ListMembers, GetMemberDetectors and UpdateMemberDetectors",
    ),
    "IAM.28": "the service accessanalyzer",
    "Lambda.1": "lambda:AddPermission forgets the condition on function URLs; others run",
    "Macie.1": "macie2:UpdateMacieSession",
    "NetworkFirewall.7": "network-firewall:TagResource and UntagResource",
    "NetworkFirewall.9": "network-firewall:UpdateFirewallDeleteProtection",
    "NetworkFirewall.10": "network-firewall:UpdateSubnetChangeProtection",
    "RDS.12": "rds:ModifyDBCluster keeps no EnableIAMDatabaseAuthentication",
    "RDS.34": "rds:ModifyDBCluster keeps no CloudwatchLogsExportConfiguration",
    "RDS.37": "rds:ModifyDBCluster keeps no CloudwatchLogsExportConfiguration",
    "SNS.2": "sns:GetTopicAttributes shows no roles for delivery status",
    "SSM.1": "ssm:DescribeInstanceInformation",
    "SSM.6": "ssm:GetServiceSetting, UpdateServiceSetting and ResetServiceSetting",
    "SSM.7": "ssm:GetServiceSetting, UpdateServiceSetting and ResetServiceSetting",
}
"""The control's id → the call that is missing, or what it gets wrong."""

SANDBOX_ADDS = frozenset(
    {
        *("EC2.182", "IAM.28"),
        *(f"GuardDuty.{number}" for number in (5, 6, 8, 9, 10, 11)),
    }
)
"""Those whose calls the sandbox has nevertheless."""

OLD = "nothing in the sandbox is old enough, and no call makes it so"
SANDBOX_LACKS: Mapping[str, str] = {
    "EC2.4": OLD,
    "IAM.3": OLD,
    "IAM.8": OLD,
    "IAM.22": OLD,
    "S3.4": "no bucket is without encryption since January 2023, so that none can violate it",
    "SecretsManager.1": "secretsmanager:RotateSecret with a function, outside of moto's process",
    "SecretsManager.3": OLD,
    "SecretsManager.4": OLD,
}
"""Those of which moto carries out everything, and the sandbox does not."""

LACKING: Mapping[str, str] = {
    **{control: why for control, why in MOTO_LACKS.items() if control not in SANDBOX_ADDS},
    **SANDBOX_LACKS,
}
"""What the sandbox cannot run."""
