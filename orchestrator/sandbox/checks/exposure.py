"""File systems, clusters of containers and of Kafka, pools of identities, serverless warehouses.

Source: AWS Security Hub User Guide, "Security Hub controls for" Amazon EFS, ECS, MSK, Cognito,
Redshift Serverless and CloudFormation; AWS Config Developer Guide, the rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    named,
    off,
    on,
    tagged,
)

SYSTEM = Subject(
    "AwsEfsFileSystem",
    lambda reader: reader.all("efs", "describe_file_systems", "FileSystems"),
    named("FileSystemArn"),
)


def _mounted(system: Any, reader: Reader, _: Parameters) -> str:
    """Source: efs-mount-target-public-accessible: the subnet assigns public addresses."""
    id_ = {"FileSystemId": system["FileSystemId"]}
    targets = reader.all("efs", "describe_mount_targets", "MountTargets", **id_)
    wanted = {each["SubnetId"] for each in targets}
    subnets = reader.all("ec2", "describe_subnets", "Subnets") if wanted else []
    found = [s for s in subnets if s["SubnetId"] in wanted and s.get("MapPublicIpOnLaunch")]
    return "is mounted in a public subnet" if found else ""


def _backed_up(system: Any, reader: Reader, _: Parameters) -> str:
    """Source: efs-automatic-backups-enabled."""
    policy = reader.get(
        *("efs", "describe_backup_policy", "BackupPolicy"),
        absent=("PolicyNotFound",),
        FileSystemId=system["FileSystemId"],
    )
    enabled = (policy or {}).get("Status") in ("ENABLED", "ENABLING")
    return "" if enabled else "is not backed up"


def _services(reader: Reader) -> list[Any]:
    found = []
    for cluster in reader.all("ecs", "list_clusters", "clusterArns"):
        for arn in reader.all("ecs", "list_services", "serviceArns", cluster=cluster):
            found += reader.all(
                *("ecs", "describe_services", "services"),
                cluster=cluster,
                services=[arn],
                include=["TAGS"],
            )
    return found


SERVICE = Subject("AwsEcsService", _services, named("serviceArn"))


def _addressed(service: Any, _: Reader, __: Parameters) -> str:
    """Source: ecs-service-assign-public-ip-disabled."""
    assigns = dig(service, "networkConfiguration", "awsvpcConfiguration", "assignPublicIp")
    return "gives public addresses" if assigns == "ENABLED" else ""


KAFKA = Subject(
    "AwsMskCluster",
    lambda reader: [
        reader.get("kafka", "describe_cluster_v2", "ClusterInfo", ClusterArn=each["ClusterArn"])
        for each in reader.all("kafka", "list_clusters_v2", "ClusterInfoList")
    ],
    named("ClusterArn"),
)


def _kafka_public(cluster: Any, _: Reader, __: Parameters) -> str:
    """Source: msk-cluster-public-access-disabled."""
    where = ("Provisioned", "BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type")
    return "is public" if (dig(cluster, *where) or "DISABLED") != "DISABLED" else ""


def _kafka_watched(cluster: Any, _: Reader, __: Parameters) -> str:
    """Source: msk-enhanced-monitoring-enabled: at least PER_TOPIC_PER_BROKER."""
    level = dig(cluster, "Provisioned", "EnhancedMonitoring")
    return f"is monitored {level}" if level in ("DEFAULT", "PER_BROKER") else ""


def _groups(reader: Reader) -> list[Any]:
    return reader.all("redshift-serverless", "list_workgroups", "workgroups")


GROUP = Subject("AwsRedshiftServerlessWorkgroup", _groups, named("workgroupArn"))


def _pools(reader: Reader) -> list[Any]:
    listed = reader.all("cognito-identity", "list_identity_pools", "IdentityPools", MaxResults=60)
    return [
        reader.get(
            "cognito-identity", "describe_identity_pool", IdentityPoolId=each["IdentityPoolId"]
        )
        for each in listed
    ]


POOL = Subject(
    "AwsCognitoIdentityPool",
    _pools,
    lambda each, reader: reader.arn("cognito-identity", f"identitypool/{each['IdentityPoolId']}"),
)
STACK = Subject(
    "AwsCloudFormationStack",
    lambda reader: [
        each
        for each in reader.all("cloudformation", "describe_stacks", "Stacks")
        if each["StackStatus"] != "DELETE_COMPLETE"
    ],
    named("StackId"),
)

WEB_ACL = Subject(
    "AwsWafv2WebAcl",
    lambda reader: reader.all("wafv2", "list_web_acls", "WebACLs", Scope="REGIONAL"),
    named("ARN"),
)


def _requests_logged(acl: Any, reader: Reader, _: Parameters) -> str:
    """Source: wafv2-logging-enabled."""
    found = reader.get(
        *("wafv2", "get_logging_configuration", "LoggingConfiguration"),
        absent=("WAFNonexistentItemException",),
        ResourceArn=acl["ARN"],
    )
    return "" if (found or {}).get("LogDestinationConfigs") else "logs no requests"


ZONE = Subject(
    "AwsRoute53HostedZone",
    lambda reader: [
        each
        for each in reader.all("route53", "list_hosted_zones", "HostedZones")
        if not dig(each, "Config", "PrivateZone")
    ],
    lambda each, reader: f"arn:{reader.scope.partition}:route53:::{each['Id'].strip('/')}",
    once=True,
)


def _queries_logged(zone: Any, reader: Reader, _: Parameters) -> str:
    """Source: route53-query-logging-enabled; of public zones."""
    id_ = zone["Id"].rpartition("/")[2]
    every = reader.all("route53", "list_query_logging_configs", "QueryLoggingConfigs")
    found = [each for each in every if each["HostedZoneId"].rpartition("/")[2] == id_]
    return "" if found else "logs no queries"


RULES: Rules = {
    "Route53.2": (Rule("route53-query-logging-enabled", ZONE, _queries_logged),),
    "WAF.11": (Rule("wafv2-logging-enabled", WEB_ACL, _requests_logged),),
    "CloudFormation.3": (
        Rule(
            "cloudformation-termination-protection-check",
            STACK,
            on("EnableTerminationProtection", why="can be deleted"),
        ),
    ),
    "Cognito.2": (
        Rule(
            "cognito-identity-pool-unauth-access-check",
            POOL,
            off("AllowUnauthenticatedIdentities", why="lets guests in"),
        ),
    ),
    "ECS.2": (Rule("ecs-service-assign-public-ip-disabled", SERVICE, _addressed),),
    "ECS.13": (Rule("", SERVICE, tagged(lambda each, _: keys_of(each.get("tags")))),),
    "EFS.6": (Rule("efs-mount-target-public-accessible", SYSTEM, _mounted),),
    "EFS.7": (Rule("efs-automatic-backups-enabled", SYSTEM, _backed_up),),
    "MSK.2": (Rule("msk-enhanced-monitoring-enabled", KAFKA, _kafka_watched),),
    "MSK.4": (Rule("msk-cluster-public-access-disabled", KAFKA, _kafka_public),),
    "MSK.6": (
        Rule(
            "msk-unrestricted-access-check",
            KAFKA,
            off(
                *("Provisioned", "ClientAuthentication", "Unauthenticated", "Enabled"),
                why="lets anybody in",
            ),
        ),
    ),
    "RedshiftServerless.1": (
        Rule(
            "redshift-serverless-workgroup-routes-within-vpc",
            GROUP,
            on("enhancedVpcRouting", why="copies over the internet"),
        ),
    ),
    "RedshiftServerless.3": (
        Rule(
            "redshift-serverless-workgroup-no-public-access",
            GROUP,
            off("publiclyAccessible", why="is public"),
        ),
    ),
}
