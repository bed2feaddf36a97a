"""Lambda, containers, Auto Scaling, CodeBuild and CloudFormation.

Source: AWS Security Hub User Guide, "Security Hub controls for Lambda", "… Amazon ECS", "… Amazon
EKS", "… Amazon ECR", "… Auto Scaling", "… CodeBuild", "… CloudFormation"; AWS Config Developer
Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks import answers
from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Parameters,
    Rule,
    Rules,
    Subject,
    filled,
    keys_of,
    named,
    off,
    tagged,
)

FUNCTION = Subject(
    "AwsLambdaFunction",
    lambda reader: reader.all("lambda", "list_functions", "Functions"),
    named("FunctionArn"),
)


def _public_function(function: Any, reader: Reader, _: Parameters) -> str:
    """Source: lambda-function-public-access-prohibited.

    Everybody, or S3 without the account whose bucket it is.
    """
    text = reader.get(
        *("lambda", "get_policy", "Policy"),
        absent=("ResourceNotFoundException",),
        FunctionName=function["FunctionName"],
    )
    for statement in answers.statements(text):
        if answers.everyone(statement):
            return "its policy allows the public"
        service = answers.listed(dig(statement, "Principal", "Service"))
        keys = {k.lower() for found in statement.get("Condition", {}).values() for k in found}
        allowed = "s3.amazonaws.com" in service and statement.get("Effect") == "Allow"
        if allowed and "aws:sourceaccount" not in keys:
            return "its policy lets S3 in for every account"
    return ""


def _function_tags(function: Any, reader: Reader) -> list[str]:
    return keys_of(reader.get("lambda", "list_tags", "Tags", Resource=function["FunctionArn"]))


def _clusters(reader: Reader) -> list[Any]:
    return [
        each
        for arn in reader.all("ecs", "list_clusters", "clusterArns")
        for each in reader.all(
            "ecs", "describe_clusters", "clusters", clusters=[arn], include=["SETTINGS", "TAGS"]
        )
    ]


def _definitions(reader: Reader) -> list[Any]:
    """The active revisions that are the newest of their family.

    Source: AWS Security Hub User Guide, "Security Hub controls for Amazon ECS": of a task
    definition the latest active revision is judged.
    """
    newest: dict[str, tuple[int, str]] = {}
    for arn in reader.all("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"):
        family, _, revision = arn.rpartition(":")
        newest[family] = max(newest.get(family, (0, "")), (int(revision), arn))
    found = [
        reader.get("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
        for _, arn in newest.values()
    ]
    return [{**each["taskDefinition"], "tags": each.get("tags")} for each in found]


ECS_CLUSTER = Subject("AwsEcsCluster", _clusters, named("clusterArn"))
DEFINITION = Subject("AwsEcsTaskDefinition", _definitions, named("taskDefinitionArn"))


def _read_only(definition: Any, _: Reader, __: Parameters) -> str:
    """Source: ecs-containers-readonly-access: every container."""
    for each in definition["containerDefinitions"]:
        if not each.get("readonlyRootFilesystem"):
            return f"{each['name']} may write to its root file system"
    return ""


def _insights(cluster: Any, _: Reader, __: Parameters) -> str:
    """Source: ecs-container-insights-enabled."""
    values = {s["value"] for s in cluster.get("settings", ()) if s["name"] == "containerInsights"}
    return "" if values & {"enabled", "enhanced"} else "Container Insights is off"


def _eks(reader: Reader) -> list[Any]:
    names = reader.all("eks", "list_clusters", "clusters")
    return [reader.get("eks", "describe_cluster", "cluster", name=name) for name in names]


EKS_CLUSTER = Subject("AwsEksCluster", _eks, named("arn"))


def _audited(cluster: Any, _: Reader, __: Parameters) -> str:
    """Source: eks-cluster-logging-enabled, logTypes audit."""
    logs = dig(cluster, "logging", "clusterLogging") or ()
    types = {kind for each in logs if each.get("enabled") for kind in each.get("types", ())}
    return "" if "audit" in types else "does not log the audit"


REPOSITORY = Subject(
    "AwsEcrRepository",
    lambda reader: reader.all("ecr", "describe_repositories", "repositories"),
    named("repositoryArn"),
)


def _public_repositories(reader: Reader) -> list[Any]:
    """ECR's public registry answers in one region.

    Source: Amazon ECR Public User Guide, "Public registries".
    """
    client = reader.client("ecr-public", "us-east-1")
    return list(client.describe_repositories()["repositories"])


PUBLIC_REPOSITORY = Subject(
    "AwsEcrPublicRepository", _public_repositories, named("repositoryArn"), once=True
)


def _public_tags(repository: Any, reader: Reader) -> list[str]:
    client = reader.client("ecr-public", "us-east-1")
    return keys_of(client.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"])


def _scans(repository: Any, _: Reader, __: Parameters) -> str:
    """Source: ecr-private-image-scanning-enabled: on push."""
    if dig(repository, "imageScanningConfiguration", "scanOnPush"):
        return ""
    return "its images are not scanned"


def _immutable(repository: Any, _: Reader, __: Parameters) -> str:
    """Source: ecr-private-tag-immutability-enabled."""
    fit = repository.get("imageTagMutability") == "IMMUTABLE"
    return "" if fit else "its tags can be moved"


def _expires(repository: Any, reader: Reader, _: Parameters) -> str:
    """Source: ecr-private-lifecycle-policy-configured."""
    text = reader.get(
        *("ecr", "get_lifecycle_policy", "lifecyclePolicyText"),
        absent=("LifecyclePolicyNotFoundException",),
        repositoryName=repository["repositoryName"],
    )
    return "" if text else "has no lifecycle policy"


def _groups(reader: Reader) -> list[Any]:
    return reader.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")


SCALING = Subject("AwsAutoScalingAutoScalingGroup", _groups, named("AutoScalingGroupARN"))
LAUNCH = Subject(
    "AwsAutoScalingLaunchConfiguration",
    lambda reader: reader.all(
        "autoscaling", "describe_launch_configurations", "LaunchConfigurations"
    ),
    named("LaunchConfigurationARN"),
)


def _health(group: Any, _: Reader, __: Parameters) -> str:
    """Source: autoscaling-group-elb-healthcheck-required; of groups behind a load balancer."""
    behind = any(group.get(k) for k in ("LoadBalancerNames", "TargetGroupARNs", "TrafficSources"))
    kinds = str(group.get("HealthCheckType")).split(",")
    return "does not ask its load balancer" if behind and "ELB" not in kinds else ""


def _launch_tokens(launch: Any, _: Reader, __: Parameters) -> str:
    """Source: autoscaling-launchconfig-requires-imdsv2."""
    options = launch.get("MetadataOptions") or {}
    safe = options.get("HttpEndpoint") == "disabled" or options.get("HttpTokens") == "required"
    return "" if safe else "IMDSv1 is open"


def _projects(reader: Reader) -> list[Any]:
    names = reader.all("codebuild", "list_projects", "projects")
    if not names:
        return []
    return reader.all("codebuild", "batch_get_projects", "projects", names=names)


PROJECT = Subject("AwsCodeBuildProject", _projects, named("arn"))
CREDENTIALS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def _clear_credentials(project: Any, _: Reader, __: Parameters) -> str:
    """Source: codebuild-project-envvar-awscred-check."""
    for each in dig(project, "environment", "environmentVariables") or ():
        if each["name"] in CREDENTIALS and each.get("type", "PLAINTEXT") == "PLAINTEXT":
            return f"{each['name']} is in clear"
    return ""


def _logs(project: Any, kind: str) -> Any:
    return dig(project, "logsConfig", kind) or {}


def _clear_logs(project: Any, _: Reader, __: Parameters) -> str:
    """Source: codebuild-project-s3-logs-encrypted."""
    found = _logs(project, "s3Logs")
    clear = found.get("status") == "ENABLED" and found.get("encryptionDisabled")
    return "its logs in S3 are not encrypted" if clear else ""


def _builds_logged(project: Any, _: Reader, __: Parameters) -> str:
    """Source: codebuild-project-logging-enabled: CloudWatch Logs or S3."""
    kinds = ("cloudWatchLogs", "s3Logs")
    some = any(_logs(project, kind).get("status") == "ENABLED" for kind in kinds)
    return "" if some else "its builds are not logged"


def _stacks(reader: Reader) -> list[Any]:
    found = reader.all("cloudformation", "describe_stacks", "Stacks")
    return [each for each in found if each["StackStatus"] != "DELETE_COMPLETE"]


STACK = Subject("AwsCloudFormationStack", _stacks, named("StackId"))

RULES: Rules = {
    "AutoScaling.1": (Rule("autoscaling-group-elb-healthcheck-required", SCALING, _health),),
    "AutoScaling.3": (Rule("autoscaling-launchconfig-requires-imdsv2", LAUNCH, _launch_tokens),),
    "Autoscaling.5": (
        Rule(
            "autoscaling-launch-config-public-ip-disabled",
            LAUNCH,
            off("AssociatePublicIpAddress", why="gives public addresses"),
        ),
    ),
    "AutoScaling.10": (Rule("", SCALING, tagged(lambda each, _: keys_of(each.get("Tags")))),),
    "CloudFormation.1": (
        Rule(
            "cloudformation-stack-notification-check",
            STACK,
            filled("NotificationARNs", why="tells no topic"),
        ),
    ),
    "CodeBuild.2": (Rule("codebuild-project-envvar-awscred-check", PROJECT, _clear_credentials),),
    "CodeBuild.3": (Rule("codebuild-project-s3-logs-encrypted", PROJECT, _clear_logs),),
    "CodeBuild.4": (Rule("codebuild-project-logging-enabled", PROJECT, _builds_logged),),
    "CodeBuild.5": (
        Rule(
            "codebuild-project-environment-privileged-check",
            PROJECT,
            off("environment", "privilegedMode", why="builds as root of its host"),
        ),
    ),
    "ECR.1": (Rule("ecr-private-image-scanning-enabled", REPOSITORY, _scans),),
    "ECR.2": (Rule("ecr-private-tag-immutability-enabled", REPOSITORY, _immutable),),
    "ECR.3": (Rule("ecr-private-lifecycle-policy-configured", REPOSITORY, _expires),),
    "ECR.4": (Rule("", PUBLIC_REPOSITORY, tagged(_public_tags)),),
    "ECS.5": (Rule("ecs-containers-readonly-access", DEFINITION, _read_only),),
    "ECS.12": (Rule("ecs-container-insights-enabled", ECS_CLUSTER, _insights),),
    "ECS.14": (Rule("", ECS_CLUSTER, tagged(lambda each, _: keys_of(each.get("tags")))),),
    "ECS.15": (Rule("", DEFINITION, tagged(lambda each, _: keys_of(each.get("tags")))),),
    "EKS.1": (
        Rule(
            "eks-endpoint-no-public-access",
            EKS_CLUSTER,
            off("resourcesVpcConfig", "endpointPublicAccess", why="its endpoint is public"),
        ),
    ),
    "EKS.6": (Rule("", EKS_CLUSTER, tagged(lambda each, _: keys_of(each.get("tags")))),),
    "EKS.8": (Rule("eks-cluster-logging-enabled", EKS_CLUSTER, _audited),),
    "Lambda.1": (Rule("lambda-function-public-access-prohibited", FUNCTION, _public_function),),
    "Lambda.6": (Rule("", FUNCTION, tagged(_function_tags)),),
}
