"""Every control with a remediation: what that would do, and what the sandbox cannot run of it.

`orchestrator controls coverage` shows the latter. Those remediations are tested with the missing
calls answered in moto's place; a test fails as soon as moto, or the sandbox, can run one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.findings.remediation import Remediation, Risk
from orchestrator.model.retired import Retired, retired

CONTROL = re.compile(r"[A-Za-z0-9]+\.[0-9]+")


def natural(control: str) -> tuple[str, int]:
    """Sorts S3.2 before S3.10."""
    service, _, number = control.partition(".")
    return service.lower(), int(number or 0)


def counted(number: int, noun: str) -> str:
    """'1 account', '2 accounts'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A control, its remediation, and what the sandbox lacks to run it from end to end."""

    control: str
    remediation: Remediation
    lacking: str = ""

    @property
    def retired(self) -> Retired | None:
        """Since when AWS checks it no more; None where it does."""
        return retired(self.control)

    @property
    def undo(self) -> bool:
        return self.remediation.undo is not None

    @property
    def by_hand(self) -> str:
        """Why it never runs by itself; '' if a decision may let it."""
        return why_by_hand(self.remediation)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that the account's role needs for it."""
        needed = (*self.remediation.reads, *self.remediation.writes)
        return tuple(sorted({action for each in needed for action in each.actions}))


def why_by_hand(remediation: Remediation) -> str:
    """Why it never runs by itself; '' if a decision may let it."""
    if remediation.by_hand:
        return remediation.by_hand
    return "it cannot be taken back" if remediation.risk is Risk.DESTRUCTIVE else ""


def catalogue(remediations: Iterable[Remediation], lacking: Mapping[str, str]) -> tuple[Entry, ...]:
    """One entry for each control, in their order."""
    entries = (
        Entry(control, remediation, lacking.get(control, ""))
        for remediation in remediations
        for control in remediation.controls
    )
    return tuple(sorted(entries, key=lambda entry: natural(entry.control)))


MOTO_LACKS: Mapping[str, str] = {
    "Amplify.1": "the service amplify",
    "AppFlow.1": "the service appflow",
    "AppRunner.1": "the service apprunner",
    "AppRunner.2": "the service apprunner",
    "CodeArtifact.1": "the service codeartifact",
    "CodeGuruProfiler.1": "the service codeguruprofiler",
    "DataSync.2": "datasync:ListTagsForResource, TagResource and UntagResource",
    "Detective.1": "the service detective",
    "DMS.4": "dms:AddTagsToResource and RemoveTagsFromResource",
    "IAM.23": "the service accessanalyzer",
    "IoT.4": "iot:ListAuthorizers, ListTagsForResource, TagResource and UntagResource",
    "IoT.6": "iot:ListTagsForResource, TagResource and UntagResource",
    "NetworkFirewall.8": "network-firewall:ListFirewallPolicies, TagResource and UntagResource",
    "SageMaker.6": "sagemaker:ListAppImageConfigs",
    "SageMaker.7": "sagemaker:ListImages",
    "Transfer.1": "transfer:ListWorkflows, TagResource and UntagResource",
    "IVS.1": "ivs:ListPlaybackKeyPairs, TagResource and UntagResource",
    "IVS.2": "ivs:ListRecordingConfigurations, TagResource and UntagResource",
    "IVS.3": "ivs:TagResource and UntagResource",
    "APIGateway.1": "apigatewayv2:UpdateStage, for WebSocket APIs; REST APIs run",
    "Athena.4": "athena:UpdateWorkGroup",
    "CloudFormation.1": "cloudformation:UpdateStack takes new topics alone for no update",
    "CloudFormation.3": "cloudformation:UpdateTerminationProtection",
    "CodeBuild.2": "codebuild:UpdateProject",
    "CodeBuild.3": "codebuild:UpdateProject",
    "CodeBuild.4": "codebuild:UpdateProject",
    "CodeBuild.5": "codebuild:UpdateProject",
    "EC2.172": "ec2:DescribeVpcBlockPublicAccessOptions and ModifyVpcBlockPublicAccessOptions",
    "EC2.175": "ec2:DescribeLaunchTemplates shows no tags of CreateTags",
    "EC2.182": "ec2:GetSnapshotBlockPublicAccessState, EnableSnapshotBlockPublicAccess",
    "ECR.4": "the service ecr-public",
    "ECS.12": "ecs:UpdateClusterSettings",
    "EFS.7": "efs:PutBackupPolicy",
    "ElastiCache.1": "elasticache:ModifyCacheCluster",
    "ElastiCache.2": "elasticache:ModifyCacheCluster",
    "EMR.2": "elasticmapreduce:PutBlockPublicAccessConfiguration never switches off",
    "GuardDuty.2": "guardduty:ListFilters, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.3": "guardduty:ListIPSets, ListTagsForResource, TagResource and UntagResource",
    "GuardDuty.4": "guardduty:ListTagsForResource, TagResource and UntagResource",
    **dict.fromkeys(
        (f"GuardDuty.{number}" for number in range(5, 14)),
        "guardduty:ListMembers, GetMemberDetectors and UpdateMemberDetectors",
    ),
    "IAM.28": "the service accessanalyzer",
    "Lambda.1": "lambda:AddPermission forgets the condition on function URLs; others run",
    "Macie.1": "macie2:UpdateMacieSession",
    "MSK.2": "kafka:UpdateMonitoring",
    "MSK.4": "kafka:UpdateConnectivity",
    "MSK.6": "kafka:UpdateSecurity",
    "NetworkFirewall.7": "network-firewall:TagResource and UntagResource",
    "NetworkFirewall.9": "network-firewall:UpdateFirewallDeleteProtection",
    "NetworkFirewall.10": "network-firewall:UpdateSubnetChangeProtection",
    **dict.fromkeys(
        (f"DocumentDB.{number}" for number in (2, 3, 4, 5)),
        "rds:CreateDBCluster with the engine docdb",
    ),
    "Neptune.2": "rds:ModifyDBCluster keeps no CloudwatchLogsExportConfiguration",
    "Neptune.7": "rds:ModifyDBCluster keeps no EnableIAMDatabaseAuthentication",
    "RDS.12": "rds:ModifyDBCluster keeps no EnableIAMDatabaseAuthentication",
    "RDS.34": "rds:ModifyDBCluster keeps no CloudwatchLogsExportConfiguration",
    "RDS.37": "rds:ModifyDBCluster keeps no CloudwatchLogsExportConfiguration",
    "RedshiftServerless.1": "the service redshift-serverless",
    "RedshiftServerless.3": "the service redshift-serverless",
    "SNS.2": "sns:GetTopicAttributes shows no roles for delivery status",
    "SSM.1": "ssm:DescribeInstanceInformation",
    "SSM.6": "ssm:GetServiceSetting, UpdateServiceSetting and ResetServiceSetting",
    "SSM.7": "ssm:GetServiceSetting, UpdateServiceSetting and ResetServiceSetting",
}
"""The control's id → the call that is missing, or what it gets wrong."""

SANDBOX_ADDS = frozenset(
    {
        *("EC2.182", "IAM.28"),
        *(f"GuardDuty.{number}" for number in range(5, 14)),
    }
)
"""Those whose calls the sandbox has nevertheless."""

OLD = "nothing in the sandbox is old enough, and no call makes it so"
SANDBOX_LACKS: Mapping[str, str] = {
    "AppSync.4": "appsync:TagResource refuses ARNs as long as those of moto's APIs",
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
