from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAGS, Builder, Case
from tests.unit.findings.services.recording import Overlay, missing

GONE = "arn:aws:kafka:eu-west-1:123456789012:cluster/none"
IAM = {"Sasl": {"Iam": {"Enabled": True}}}
ANYBODY = {**IAM, "Unauthenticated": {"Enabled": True}}


def a_cluster(name: str = "orders", **given: Any) -> Builder:
    access = given.pop("access", "DISABLED")
    options = {"EnhancedMonitoring": "DEFAULT", "ClientAuthentication": IAM, **given}

    def build(aws: Aws) -> str:
        made = aws("kafka").create_cluster_v2(
            ClusterName=name,
            Tags=TAGS,
            Provisioned={
                "KafkaVersion": "3.8.x",
                "NumberOfBrokerNodes": 3,
                "BrokerNodeGroupInfo": {
                    "InstanceType": "kafka.m7g.large",
                    "ClientSubnets": ["subnet-1", "subnet-2", "subnet-3"],
                    "ConnectivityInfo": {"PublicAccess": {"Type": access}},
                },
                **options,
            },
        )
        return str(made["ClusterArn"])

    return build


def updating() -> Overlay:
    """Clusters as Amazon MSK keeps them: moto shows half of one, and changes none."""
    clusters: dict[str, dict[str, Any]] = {}

    def create(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        arn = f"arn:aws:kafka:eu-west-1:123456789012:cluster/{asked['ClusterName']}/1"
        clusters[arn] = {
            "ClusterArn": arn,
            "ClusterName": asked["ClusterName"],
            "ClusterType": "PROVISIONED",
            "CurrentVersion": "K1",
            "State": "ACTIVE",
            "Tags": asked["Tags"],
            "Provisioned": deepcopy(asked["Provisioned"]),
        }
        return {"ClusterArn": arn}

    def describe(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if asked["ClusterArn"] not in clusters:
            raise missing("NotFoundException")
        shown = clusters[asked["ClusterArn"]]
        taken = {*shown["Provisioned"]} - {"KafkaVersion"}
        own = {key: shown["Provisioned"][key] for key in taken}
        return {"ClusterInfo": {**shown, "Provisioned": own}}

    def change(*members: str) -> Any:
        def answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
            found = clusters[asked["ClusterArn"]]
            assert asked["CurrentVersion"] == found["CurrentVersion"]
            found["CurrentVersion"] += "1"
            for member in {*members} & {*asked}:
                inside = member == "ConnectivityInfo"
                own = found["Provisioned"]
                (own["BrokerNodeGroupInfo"] if inside else own)[member] = asked[member]
            return {"ClusterArn": asked["ClusterArn"]}

        return answer

    return {
        ("kafka", "CreateClusterV2"): create,
        ("kafka", "DescribeClusterV2"): describe,
        ("kafka", "ListClustersV2"): lambda _: {
            "ClusterInfoList": [{"ClusterArn": arn} for arn in clusters]
        },
        ("kafka", "UpdateConnectivity"): change("ConnectivityInfo"),
        ("kafka", "UpdateSecurity"): change("ClientAuthentication"),
        ("kafka", "UpdateMonitoring"): change("EnhancedMonitoring"),
    }


CASES = (
    Case(
        "MSK.2",
        a_cluster(),
        a_cluster("fine", EnhancedMonitoring="PER_TOPIC_PER_PARTITION"),
        GONE,
        overlay=updating,
    ),
    Case(
        "MSK.4",
        a_cluster(access="SERVICE_PROVIDED_EIPS"),
        a_cluster("fine"),
        GONE,
        overlay=updating,
    ),
    Case(
        "MSK.6",
        a_cluster(ClientAuthentication=ANYBODY),
        a_cluster("fine"),
        GONE,
        overlay=updating,
    ),
)
