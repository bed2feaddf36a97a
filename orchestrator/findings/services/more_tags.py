"""The controls that ask for tags on what services have that nothing else here is about.

Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard", and each control's "Resource
type"; botocore's models for calls and arguments; Service Authorization Reference for ARNs.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings.tag_calls import Style, Tagged, at, by_list, by_map

TAGS = ("Tags", "TagKeys")
LOWER_MAP = by_map("resourceArn", "tags", "tagKeys")
SHOWN = by_map("resourceArn", "tags", "tagKeys", "")
"""The listing itself shows them."""
UPPER_MAP = by_map("ResourceArn", "Tags", "TagKeys")
UPPER_LIST = by_list("ResourceArn", TAGS)
LOWER_LIST = by_list("resourceArn", ("tags", "tagKeys"), small=True)
SAGEMAKER = by_list("ResourceArn", TAGS, ("ListTags", "AddTags", "DeleteTags"))
DMS = by_list(
    "ResourceArn", TAGS, ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource")
)

STYLES: dict[str, Style] = {
    "codeartifact": LOWER_LIST,
    "datasync": by_list("ResourceArn", ("Tags", "Keys")),
    "detective": UPPER_MAP,
    "dms": DMS,
    "iot": by_list("resourceArn", ("tags", "tagKeys")),
    "network-firewall": UPPER_LIST,
    "apprunner": UPPER_LIST,
    "appflow": LOWER_MAP,
    "sagemaker": SAGEMAKER,
    "transfer": by_list("Arn", TAGS),
}
"""How the service is told; SHOWN for those that are not here."""

TABLE = (
    ("Amplify.1", "AwsAmplifyApp", "ListApps", "apps", "appArn", "apps/*", "CreateApp"),
    ("AppFlow.1", "AwsAppFlowFlow", "ListFlows", "flows", "flowArn", "flow/*", "CreateFlow"),
    (
        "AppRunner.1",
        "AwsAppRunnerService",
        "ListServices",
        "ServiceSummaryList",
        "ServiceArn",
        "service/*",
        "CreateService",
    ),
    (
        "AppRunner.2",
        "AwsAppRunnerVpcConnector",
        "ListVpcConnectors",
        "VpcConnectors",
        "VpcConnectorArn",
        "vpcconnector/*",
        "CreateVpcConnector",
    ),
    (
        "CodeArtifact.1",
        "AwsCodeArtifactRepository",
        "ListRepositories",
        "repositories",
        "arn",
        "repository/*",
        "CreateRepository",
    ),
    (
        "CodeGuruProfiler.1",
        "AwsCodeGuruProfilerProfilingGroup",
        "ListProfilingGroups",
        "profilingGroups",
        "arn",
        "profilingGroup/*",
        "CreateProfilingGroup",
    ),
    ("DataSync.2", "AwsDataSyncTask", "ListTasks", "Tasks", "TaskArn", "task/*", "CreateTask"),
    (
        "Detective.1",
        "AwsDetectiveGraph",
        "ListGraphs",
        "GraphList",
        "Arn",
        "graph:*",
        "CreateGraph",
    ),
    (
        "DMS.4",
        "AwsDmsReplicationInstance",
        "DescribeReplicationInstances",
        "ReplicationInstances",
        "ReplicationInstanceArn",
        "rep:*",
        "CreateReplicationInstance",
    ),
    (
        "IAM.23",
        "AwsAccessAnalyzerAnalyzer",
        "ListAnalyzers",
        "analyzers",
        "arn",
        "analyzer/*",
        "CreateAnalyzer",
    ),
    (
        "IoT.4",
        "AwsIoTAuthorizer",
        "ListAuthorizers",
        "authorizers",
        "authorizerArn",
        "authorizer/*",
        "CreateAuthorizer",
    ),
    ("IoT.6", "AwsIoTPolicy", "ListPolicies", "policies", "policyArn", "policy/*", "CreatePolicy"),
    (
        "IVS.1",
        "AwsIvsPlaybackKeyPair",
        "ListPlaybackKeyPairs",
        "keyPairs",
        "arn",
        "playback-key/*",
        "ImportPlaybackKeyPair",
    ),
    (
        "IVS.2",
        "AwsIvsRecordingConfiguration",
        "ListRecordingConfigurations",
        "recordingConfigurations",
        "arn",
        "recording-configuration/*",
        "CreateRecordingConfiguration",
    ),
    ("IVS.3", "AwsIvsChannel", "ListChannels", "channels", "arn", "channel/*", "CreateChannel"),
    (
        "NetworkFirewall.8",
        "AwsNetworkFirewallFirewallPolicy",
        "ListFirewallPolicies",
        "FirewallPolicies",
        "Arn",
        "firewall-policy/*",
        "CreateFirewallPolicy",
    ),
    (
        "SageMaker.6",
        "AwsSageMakerAppImageConfig",
        "ListAppImageConfigs",
        "AppImageConfigs",
        "AppImageConfigArn",
        "app-image-config/*",
        "CreateAppImageConfig",
    ),
    (
        "SageMaker.7",
        "AwsSageMakerImage",
        "ListImages",
        "Images",
        "ImageArn",
        "image/*",
        "CreateImage",
    ),
    (
        "Transfer.1",
        "AwsTransferWorkflow",
        "ListWorkflows",
        "Workflows",
        "Arn",
        "workflow/*",
        "CreateWorkflow",
    ),
)
"""Control, type, the action that lists, the keys of its rows and of their ARNs, the resource in the
ARN, and what makes one."""

CLIENTS = {
    "Amplify": "amplify",
    "AppFlow": "appflow",
    "AppRunner": "apprunner",
    "CodeArtifact": "codeartifact",
    "CodeGuruProfiler": "codeguruprofiler",
    "DMS": "dms",
    "DataSync": "datasync",
    "Detective": "detective",
    "IAM": "accessanalyzer",
    "IVS": "ivs",
    "IoT": "iot",
    "NetworkFirewall": "network-firewall",
    "SageMaker": "sagemaker",
    "Transfer": "transfer",
}
PREFIXES = {"accessanalyzer": "access-analyzer", "codeguruprofiler": "codeguru-profiler"}
"""IAM's name of a service, where boto3 has another."""


def all_of() -> Iterator[Tagged]:
    for control, kind, listing, rows, arn, resource, made_by in TABLE:
        client = CLIENTS[control.partition(".")[0]]
        prefix = PREFIXES.get(client, client)
        yield Tagged(
            control=control,
            kind=kind,
            client=client,
            iam=prefix,
            listing=listing,
            rows=rows,
            arn=at(arn),
            resources=f"arn:{{partition}}:{prefix}:{{region}}:{{account}}:{resource}",
            style=STYLES.get(client, SHOWN),
            made_by=(made_by,),
            given={"includeDescription": True} if client == "codeguruprofiler" else None,
        )


REMEDIATIONS = tuple(each.remediation for each in all_of())
