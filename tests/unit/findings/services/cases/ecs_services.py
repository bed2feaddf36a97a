from __future__ import annotations

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services.cycle import Builder, Case

GONE = "arn:aws:ecs:eu-west-1:123456789012:service/none/none"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_service(name: str = "web", assign: str = "ENABLED", tag: str = "team") -> Builder:
    def build(aws: Aws) -> str:
        ecs, ec2 = aws("ecs"), aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ecs.create_cluster(clusterName=name)
        ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            containerDefinitions=[{"name": name, "image": "web", "memory": 128}],
        )
        made = ecs.create_service(
            cluster=name,
            serviceName=name,
            taskDefinition=name,
            desiredCount=1,
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": [subnet],
                    "securityGroups": [group],
                    "assignPublicIp": assign,
                }
            },
            tags=[{"key": tag, "value": "payments"}],
        )
        return str(made["service"]["serviceArn"])

    return build


CASES = (
    Case("ECS.2", a_service(), a_service("fine", "DISABLED"), GONE),
    Case("ECS.13", a_service(), a_service("owned", tag="owner"), GONE, TAGGING),
)
