"""One of each type with tags of its own: with the usual tag, and with the one that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cycle import TAGS, Case, trusting

HERE = "eu-west-1:123456789012"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
OWNED = {"owner": "x"}
Tags = Mapping[str, str]


def pairs(tags: Tags, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: k, value: v} for k, v in tags.items()]


def a_certificate(aws: Aws, tags: Tags) -> Any:
    name = f"{'-'.join(tags)}.example.com"
    return aws("acm").request_certificate(DomainName=name, Tags=pairs(tags))["CertificateArn"]


def an_api(aws: Aws, tags: Tags) -> Any:
    given = {"name": "orders", "authenticationType": "AWS_IAM", "tags": dict(tags)}
    return aws("appsync").create_graphql_api(**given)["graphqlApi"]["arn"]


def a_vault(aws: Aws, tags: Tags) -> Any:
    given = {"BackupVaultName": "-".join(tags), "BackupVaultTags": dict(tags)}
    return aws("backup").create_backup_vault(**given)["BackupVaultArn"]


def a_report_plan(aws: Aws, tags: Tags) -> Any:
    made = aws("backup").create_report_plan(
        ReportPlanName="_".join(tags),
        ReportDeliveryChannel={"S3BucketName": "reports"},
        ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"},
    )
    aws("backup").tag_resource(ResourceArn=made["ReportPlanArn"], Tags=dict(tags))
    return made["ReportPlanArn"]


def a_backup_plan(aws: Aws, tags: Tags) -> Any:
    aws("backup").create_backup_vault(BackupVaultName=f"vault-{'-'.join(tags)}")
    rule = {"RuleName": "daily", "TargetBackupVaultName": f"vault-{'-'.join(tags)}"}
    plan = {"BackupPlanName": "-".join(tags), "Rules": [rule]}
    return aws("backup").create_backup_plan(BackupPlan=plan, BackupPlanTags=dict(tags))[
        "BackupPlanArn"
    ]


def an_environment(aws: Aws, tags: Tags) -> Any:
    name = f"batch-{'-'.join(tags)}"
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusting("batch"))
    made = aws("batch").create_compute_environment(
        computeEnvironmentName=name,
        type="UNMANAGED",
        state="ENABLED",
        serviceRole=role["Role"]["Arn"],
        tags=dict(tags),
    )
    return made["computeEnvironmentArn"]


def a_job_queue(aws: Aws, tags: Tags) -> Any:
    made = aws("batch").create_job_queue(
        jobQueueName="-".join(tags),
        state="ENABLED",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": an_environment(aws, tags)}],
        tags=dict(tags),
    )
    return made["jobQueueArn"]


def a_scheduling_policy(aws: Aws, tags: Tags) -> Any:
    given = {"name": "-".join(tags), "tags": dict(tags)}
    return aws("batch").create_scheduling_policy(**given)["arn"]


def an_access_point(aws: Aws, tags: Tags) -> Any:
    client = aws("efs")
    system = client.create_file_system(CreationToken="-".join(tags))["FileSystemId"]
    made = client.create_access_point(
        ClientToken="-".join(tags), FileSystemId=system, Tags=pairs(tags)
    )
    return made["AccessPointArn"]


def a_bus(aws: Aws, tags: Tags) -> Any:
    return aws("events").create_event_bus(Name="-".join(tags), Tags=pairs(tags))["EventBusArn"]


def a_job(aws: Aws, tags: Tags) -> Any:
    name = "-".join(tags)
    aws("glue").create_job(
        Name=name,
        Role="arn:aws:iam::123456789012:role/glue",
        Command={"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py"},
        Tags=dict(tags),
    )
    return f"arn:aws:glue:{HERE}:job/{name}"


def an_authority(aws: Aws, tags: Tags) -> Any:
    made = aws("acm-pca").create_certificate_authority(
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"CommonName": "example.com"},
        },
        CertificateAuthorityType="SUBORDINATE",
        Tags=pairs(tags),
    )
    return made["CertificateAuthorityArn"]


def a_secret(aws: Aws, tags: Tags) -> Any:
    given = {"Name": "-".join(tags), "SecretString": "not-a-secret", "Tags": pairs(tags)}
    return aws("secretsmanager").create_secret(**given)["ARN"]


def a_contact_list(aws: Aws, tags: Tags) -> Any:
    name = "-".join(tags)
    aws("sesv2").create_contact_list(ContactListName=name, Tags=pairs(tags))
    return f"arn:aws:ses:{HERE}:contact-list/{name}"


def a_configuration_set(aws: Aws, tags: Tags) -> Any:
    name = "-".join(tags)
    aws("sesv2").create_configuration_set(ConfigurationSetName=name, Tags=pairs(tags))
    return f"arn:aws:ses:{HERE}:configuration-set/{name}"


def a_document(aws: Aws, tags: Tags) -> Any:
    name = f"Example-{'-'.join(tags)}"
    step = {"action": "aws:runShellScript", "name": "run", "inputs": {"runCommand": ["true"]}}
    content = {"schemaVersion": "2.2", "description": "Nothing.", "mainSteps": [step]}
    aws("ssm").create_document(
        Name=name, Content=json.dumps(content), DocumentType="Command", Tags=pairs(tags)
    )
    return f"arn:aws:ssm:{HERE}:document/{name}"


def an_activity(aws: Aws, tags: Tags) -> Any:
    given = {"name": "-".join(tags), "tags": pairs(tags, "key", "value")}
    return aws("stepfunctions").create_activity(**given)["activityArn"]


def a_health_check(aws: Aws, tags: Tags) -> Any:
    made = aws("route53").create_health_check(
        CallerReference="-".join(tags),
        HealthCheckConfig={
            "IPAddress": "198.51.100.7",
            "Port": 443,
            "Type": "TCP",
            "RequestInterval": 30,
            "FailureThreshold": 3,
        },
    )["HealthCheck"]["Id"]
    aws("route53").change_tags_for_resource(
        ResourceType="healthcheck", ResourceId=made, AddTags=pairs(tags)
    )
    return f"arn:aws:route53:::healthcheck/{made}"


def a_role(aws: Aws, tags: Tags) -> Any:
    made = aws("iam").create_role(
        RoleName="-".join(tags), AssumeRolePolicyDocument=trusting("ec2"), Tags=pairs(tags)
    )
    return made["Role"]["Arn"]


def a_user(aws: Aws, tags: Tags) -> Any:
    return aws("iam").create_user(UserName="-".join(tags), Tags=pairs(tags))["User"]["Arn"]


MAKES: dict[str, tuple[Callable[[Aws, Tags], Any], str]] = {
    "ACM.3": (a_certificate, f"arn:aws:acm:{HERE}:certificate/none"),
    "AppSync.4": (an_api, f"arn:aws:appsync:{HERE}:apis/none"),
    "Backup.3": (a_vault, f"arn:aws:backup:{HERE}:backup-vault:none"),
    "Backup.4": (a_report_plan, f"arn:aws:backup:{HERE}:report-plan:none"),
    "Backup.5": (a_backup_plan, f"arn:aws:backup:{HERE}:backup-plan:none"),
    "Batch.1": (a_job_queue, f"arn:aws:batch:{HERE}:job-queue/none"),
    "Batch.2": (a_scheduling_policy, f"arn:aws:batch:{HERE}:scheduling-policy/none"),
    "Batch.3": (an_environment, f"arn:aws:batch:{HERE}:compute-environment/none"),
    "EFS.5": (an_access_point, f"arn:aws:elasticfilesystem:{HERE}:access-point/fsap-none"),
    "EventBridge.2": (a_bus, f"arn:aws:events:{HERE}:event-bus/none"),
    "Glue.1": (a_job, f"arn:aws:glue:{HERE}:job/none"),
    "IAM.24": (a_role, "arn:aws:iam::123456789012:role/none"),
    "IAM.25": (a_user, "arn:aws:iam::123456789012:user/none"),
    "PCA.2": (an_authority, f"arn:aws:acm-pca:{HERE}:certificate-authority/none"),
    "Route53.1": (a_health_check, "arn:aws:route53:::healthcheck/none"),
    "SecretsManager.5": (a_secret, f"arn:aws:secretsmanager:{HERE}:secret:none"),
    "SES.1": (a_contact_list, f"arn:aws:ses:{HERE}:contact-list/none"),
    "SES.2": (a_configuration_set, f"arn:aws:ses:{HERE}:configuration-set/none"),
    "SSM.5": (a_document, f"arn:aws:ssm:{HERE}:document/none"),
    "StepFunctions.2": (an_activity, f"arn:aws:states:{HERE}:activity:none"),
}


def tagged(make: Callable[[Aws, Tags], Any], tags: Tags) -> Callable[[Aws], str]:
    return lambda aws: str(make(aws, tags))


CASES = tuple(
    Case(control, tagged(make, TAGS), tagged(make, OWNED), gone, TAGGING)
    for control, (make, gone) in MAKES.items()
)
