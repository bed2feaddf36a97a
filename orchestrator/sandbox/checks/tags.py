"""Tags on what services other than EC2 have.

Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard", and each control's text; the
API reference of each service for where its answers have ARNs and tags.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import Rule, Rules, Subject, keys_of, tagged

Tags = Callable[[Any, str, Reader], Any]


def shown(key: str = "Tags") -> Tags:
    """Beside the resource itself."""
    return lambda each, _, __: each.get(key)


def asked(service: str, operation: str, key: str, argument: str) -> Tags:
    """By a call of its own, for the ARN."""

    def tags(_: Any, arn: str, reader: Reader) -> Any:
        given: dict[str, Any] = {argument: arn}
        return reader.get(service, operation, key, **given)

    return tags


def rule_of(
    kind: str,
    service: str,
    listing: tuple[str, str],
    arn: Callable[[Any, Reader], str],
    tags: Tags,
    given: dict[str, Any] | None = None,
    once: bool = False,
) -> tuple[Rule, ...]:
    operation, key = listing
    subject = Subject(
        kind, lambda reader: reader.all(service, operation, key, **(given or {})), arn, once
    )
    fault = tagged(lambda each, reader: keys_of(tags(each, arn(each, reader), reader)))
    return (Rule("", subject, fault),)


def own(key: str) -> Callable[[Any, Reader], str]:
    return lambda each, _: str(each[key])


def named(service: str, word: str, key: str = "") -> Callable[[Any, Reader], str]:
    return lambda each, reader: reader.arn(service, f"{word}{each[key] if key else each}")


def _document(document: Any, _: str, reader: Reader) -> Any:
    name = {"ResourceType": "Document", "ResourceId": document["Name"]}
    return reader.get("ssm", "list_tags_for_resource", "TagList", **name)


def _health_check(check: Any, _: str, reader: Reader) -> Any:
    id_ = {"ResourceType": "healthcheck", "ResourceId": check["Id"]}
    return reader.get("route53", "list_tags_for_resource", "ResourceTagSet", "Tags", **id_)


def _identity(noun: str) -> tuple[Rule, ...]:
    """Roles that AWS makes for its services are nobody's to tag."""

    def listed(reader: Reader) -> list[Any]:
        found = reader.all("iam", f"list_{noun.lower()}s", f"{noun}s")
        return [each for each in found if "/aws-service-role/" not in each["Path"]]

    def tags(each: Any, reader: Reader) -> list[str]:
        name = {f"{noun}Name": each[f"{noun}Name"]}
        return keys_of(reader.all("iam", f"list_{noun.lower()}_tags", "Tags", **name))

    return (Rule("", Subject(f"AwsIam{noun}", listed, own("Arn"), True), tagged(tags)),)


BACKUP = asked("backup", "list_tags", "Tags", "ResourceArn")
BATCH = asked("batch", "list_tags_for_resource", "tags", "resourceArn")
RDS = asked("rds", "list_tags_for_resource", "TagList", "ResourceName")
SES = asked("sesv2", "list_tags_for_resource", "Tags", "ResourceArn")


def _rds(noun: str) -> tuple[Rule, ...]:
    """`noun` as RDS writes it: DBCluster."""
    words = "".join(f"_{c}" if c.isupper() and c != "B" else c for c in noun).lower().lstrip("_")
    given = {"SnapshotType": "manual"} if "Snapshot" in noun else None
    kind = f"AwsRdsDb{noun.removeprefix('DB')}"
    listing = (f"describe_{words}s", f"{noun}s")
    return rule_of(kind, "rds", listing, own(f"{noun}Arn"), RDS, given)


def _snapshot(each: Any, reader: Reader) -> str:
    name = f"snapshot:{each['ClusterIdentifier']}/{each['SnapshotIdentifier']}"
    return reader.arn("redshift", name)


def _redshift(kind: str, operation: str, key: str, arn: Callable[[Any, Reader], str]) -> Any:
    return rule_of(f"AwsRedshift{kind}", "redshift", (operation, key), arn, shown())


RULES: Rules = {
    "ACM.3": rule_of(
        *("AwsCertificateManagerCertificate", "acm"),
        ("list_certificates", "CertificateSummaryList"),
        own("CertificateArn"),
        asked("acm", "list_tags_for_certificate", "Tags", "CertificateArn"),
    ),
    "AppSync.4": rule_of(
        *("AwsAppSyncGraphQLApi", "appsync"),
        ("list_graphql_apis", "graphqlApis"),
        own("arn"),
        shown("tags"),
    ),
    "Backup.3": rule_of(
        *("AwsBackupBackupVault", "backup"),
        ("list_backup_vaults", "BackupVaultList"),
        own("BackupVaultArn"),
        BACKUP,
    ),
    "Backup.4": rule_of(
        *("AwsBackupReportPlan", "backup"),
        ("list_report_plans", "ReportPlans"),
        own("ReportPlanArn"),
        BACKUP,
    ),
    "Backup.5": rule_of(
        *("AwsBackupBackupPlan", "backup"),
        ("list_backup_plans", "BackupPlansList"),
        own("BackupPlanArn"),
        BACKUP,
    ),
    "Batch.1": rule_of(
        *("AwsBatchJobQueue", "batch"),
        ("describe_job_queues", "jobQueues"),
        own("jobQueueArn"),
        BATCH,
    ),
    "Batch.2": rule_of(
        *("AwsBatchSchedulingPolicy", "batch"),
        ("list_scheduling_policies", "schedulingPolicies"),
        own("arn"),
        BATCH,
    ),
    "Batch.3": rule_of(
        *("AwsBatchComputeEnvironment", "batch"),
        ("describe_compute_environments", "computeEnvironments"),
        own("computeEnvironmentArn"),
        BATCH,
    ),
    "EFS.5": rule_of(
        *("AwsEfsAccessPoint", "efs"),
        ("describe_access_points", "AccessPoints"),
        own("AccessPointArn"),
        shown(),
    ),
    "EventBridge.2": rule_of(
        *("AwsEventsEventbus", "events"),
        ("list_event_buses", "EventBuses"),
        own("Arn"),
        asked("events", "list_tags_for_resource", "Tags", "ResourceARN"),
    ),
    "Glue.1": rule_of(
        *("AwsGlueJob", "glue"),
        ("get_jobs", "Jobs"),
        named("glue", "job/", "Name"),
        asked("glue", "get_tags", "Tags", "ResourceArn"),
    ),
    "IAM.24": _identity("Role"),
    "IAM.25": _identity("User"),
    "PCA.2": rule_of(
        *("AwsACMPCACertificateAuthority", "acm-pca"),
        ("list_certificate_authorities", "CertificateAuthorities"),
        own("Arn"),
        asked("acm-pca", "list_tags", "Tags", "CertificateAuthorityArn"),
    ),
    "RDS.28": _rds("DBCluster"),
    "RDS.29": _rds("DBClusterSnapshot"),
    "RDS.30": _rds("DBInstance"),
    "RDS.31": _rds("DBSecurityGroup"),
    "RDS.32": _rds("DBSnapshot"),
    "RDS.33": _rds("DBSubnetGroup"),
    "Redshift.11": _redshift(
        *("Cluster", "describe_clusters", "Clusters"),
        named("redshift", "cluster:", "ClusterIdentifier"),
    ),
    "Redshift.13": _redshift(
        "ClusterSnapshot", "describe_cluster_snapshots", "Snapshots", _snapshot
    ),
    "Redshift.14": _redshift(
        *("ClusterSubnetGroup", "describe_cluster_subnet_groups", "ClusterSubnetGroups"),
        named("redshift", "subnetgroup:", "ClusterSubnetGroupName"),
    ),
    "Redshift.17": _redshift(
        *("ClusterParameterGroup", "describe_cluster_parameter_groups", "ParameterGroups"),
        named("redshift", "parametergroup:", "ParameterGroupName"),
    ),
    "Route53.1": rule_of(
        *("AwsRoute53HealthCheck", "route53"),
        ("list_health_checks", "HealthChecks"),
        lambda each, _: f"arn:aws:route53:::healthcheck/{each['Id']}",
        _health_check,
        once=True,
    ),
    "SecretsManager.5": rule_of(
        *("AwsSecretsManagerSecret", "secretsmanager"),
        ("list_secrets", "SecretList"),
        own("ARN"),
        shown(),
    ),
    "SES.1": rule_of(
        *("AwsSESContactList", "sesv2"),
        ("list_contact_lists", "ContactLists"),
        named("ses", "contact-list/", "ContactListName"),
        SES,
    ),
    "SES.2": rule_of(
        *("AwsSESConfigurationSet", "sesv2"),
        ("list_configuration_sets", "ConfigurationSets"),
        named("ses", "configuration-set/"),
        SES,
    ),
    "SSM.5": rule_of(
        *("AwsSsmDocument", "ssm"),
        ("list_documents", "DocumentIdentifiers"),
        named("ssm", "document/", "Name"),
        _document,
        {"Filters": [{"Key": "Owner", "Values": ["Self"]}]},
    ),
    "StepFunctions.2": rule_of(
        *("AwsStepFunctionsActivity", "stepfunctions"),
        ("list_activities", "activities"),
        own("activityArn"),
        asked("stepfunctions", "list_tags_for_resource", "tags", "resourceArn"),
    ),
}
