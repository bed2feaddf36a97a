"""Remediations that moto, which the sandbox is built on, cannot run from end to end, and why.

Shown by `orchestrator controls coverage`. They are tested with the missing calls answered in moto's
place, and a test fails as soon as moto is able to run one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

LACKING: Mapping[str, str] = {
    "APIGateway.1": "apigatewayv2:UpdateStage, for WebSocket APIs; REST APIs run",
    "Athena.4": "athena:UpdateWorkGroup",
    "CloudFormation.1": "cloudformation:UpdateStack takes new topics alone for no update",
    "CodeBuild.2": "codebuild:UpdateProject",
    "CodeBuild.3": "codebuild:UpdateProject",
    "CodeBuild.4": "codebuild:UpdateProject",
    "CodeBuild.5": "codebuild:UpdateProject",
    "EC2.172": "ec2:DescribeVpcBlockPublicAccessOptions and ModifyVpcBlockPublicAccessOptions",
    "EC2.182": "ec2:GetSnapshotBlockPublicAccessState, EnableSnapshotBlockPublicAccess",
    "ECS.12": "ecs:UpdateClusterSettings",
    "ElastiCache.1": "elasticache:ModifyCacheCluster",
    "ElastiCache.2": "elasticache:ModifyCacheCluster",
    "EMR.2": "elasticmapreduce:PutBlockPublicAccessConfiguration never switches off",
    "GuardDuty.2": "guardduty:ListFilters, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.3": "guardduty:ListIPSets, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.4": "guardduty:ListTagsForResource, TagResource and UntagResource",
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
