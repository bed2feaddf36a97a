"""Tags on what services have that no other check is about.

Source: AWS Security Hub User Guide, "AWS Resource Tagging Standard", and each control's text; the
API reference of each service for where its answers have ARNs and tags.
"""

from __future__ import annotations

from orchestrator.sandbox.checks.rule import Rules
from orchestrator.sandbox.checks.tags import asked, own, rule_of, shown

RULES: Rules = {
    "Amplify.1": rule_of(
        *("AwsAmplifyApp", "amplify"),
        ("list_apps", "apps"),
        own("appArn"),
        shown("tags"),
    ),
    "AppFlow.1": rule_of(
        *("AwsAppFlowFlow", "appflow"),
        ("list_flows", "flows"),
        own("flowArn"),
        asked("appflow", "list_tags_for_resource", "tags", "resourceArn"),
    ),
    "AppRunner.1": rule_of(
        *("AwsAppRunnerService", "apprunner"),
        ("list_services", "ServiceSummaryList"),
        own("ServiceArn"),
        asked("apprunner", "list_tags_for_resource", "Tags", "ResourceArn"),
    ),
    "AppRunner.2": rule_of(
        *("AwsAppRunnerVpcConnector", "apprunner"),
        ("list_vpc_connectors", "VpcConnectors"),
        own("VpcConnectorArn"),
        asked("apprunner", "list_tags_for_resource", "Tags", "ResourceArn"),
    ),
    "CodeArtifact.1": rule_of(
        *("AwsCodeArtifactRepository", "codeartifact"),
        ("list_repositories", "repositories"),
        own("arn"),
        asked("codeartifact", "list_tags_for_resource", "tags", "resourceArn"),
    ),
    "CodeGuruProfiler.1": rule_of(
        *("AwsCodeGuruProfilerProfilingGroup", "codeguruprofiler"),
        ("list_profiling_groups", "profilingGroups"),
        own("arn"),
        shown("tags"),
        {"includeDescription": True},
    ),
    "DataSync.2": rule_of(
        *("AwsDataSyncTask", "datasync"),
        ("list_tasks", "Tasks"),
        own("TaskArn"),
        asked("datasync", "list_tags_for_resource", "Tags", "ResourceArn"),
    ),
    "Detective.1": rule_of(
        *("AwsDetectiveGraph", "detective"),
        ("list_graphs", "GraphList"),
        own("Arn"),
        asked("detective", "list_tags_for_resource", "Tags", "ResourceArn"),
    ),
    "DMS.4": rule_of(
        *("AwsDmsReplicationInstance", "dms"),
        ("describe_replication_instances", "ReplicationInstances"),
        own("ReplicationInstanceArn"),
        asked("dms", "list_tags_for_resource", "TagList", "ResourceArn"),
    ),
    "IAM.23": rule_of(
        *("AwsAccessAnalyzerAnalyzer", "accessanalyzer"),
        ("list_analyzers", "analyzers"),
        own("arn"),
        shown("tags"),
    ),
    "IoT.4": rule_of(
        *("AwsIoTAuthorizer", "iot"),
        ("list_authorizers", "authorizers"),
        own("authorizerArn"),
        asked("iot", "list_tags_for_resource", "tags", "resourceArn"),
    ),
    "IoT.6": rule_of(
        *("AwsIoTPolicy", "iot"),
        ("list_policies", "policies"),
        own("policyArn"),
        asked("iot", "list_tags_for_resource", "tags", "resourceArn"),
    ),
    "IVS.1": rule_of(
        *("AwsIvsPlaybackKeyPair", "ivs"),
        ("list_playback_key_pairs", "keyPairs"),
        own("arn"),
        shown("tags"),
    ),
    "IVS.2": rule_of(
        *("AwsIvsRecordingConfiguration", "ivs"),
        ("list_recording_configurations", "recordingConfigurations"),
        own("arn"),
        shown("tags"),
    ),
    "IVS.3": rule_of(
        *("AwsIvsChannel", "ivs"),
        ("list_channels", "channels"),
        own("arn"),
        shown("tags"),
    ),
    "NetworkFirewall.8": rule_of(
        *("AwsNetworkFirewallFirewallPolicy", "network-firewall"),
        ("list_firewall_policies", "FirewallPolicies"),
        own("Arn"),
        asked("network-firewall", "list_tags_for_resource", "Tags", "ResourceArn"),
    ),
    "SageMaker.6": rule_of(
        *("AwsSageMakerAppImageConfig", "sagemaker"),
        ("list_app_image_configs", "AppImageConfigs"),
        own("AppImageConfigArn"),
        asked("sagemaker", "list_tags", "Tags", "ResourceArn"),
    ),
    "SageMaker.7": rule_of(
        *("AwsSageMakerImage", "sagemaker"),
        ("list_images", "Images"),
        own("ImageArn"),
        asked("sagemaker", "list_tags", "Tags", "ResourceArn"),
    ),
    "Transfer.1": rule_of(
        *("AwsTransferWorkflow", "transfer"),
        ("list_workflows", "Workflows"),
        own("Arn"),
        asked("transfer", "list_tags_for_resource", "Tags", "Arn"),
    ),
}
