"""What AWS says of a resource where nobody has said anything of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import PAYMENTS_DEV


def test_a_key_says_that_it_is_of_one_region(sandbox: Sandbox) -> None:
    key = sandbox.client("kms", PAYMENTS_DEV).create_key()["KeyMetadata"]

    assert (key["MultiRegion"], key["KeyManager"]) == (False, "CUSTOMER")


def test_a_replication_instance_is_public_and_encrypted_with_a_key_of_aws(
    sandbox: Sandbox,
) -> None:
    made = sandbox.client("dms", PAYMENTS_DEV).create_replication_instance(
        ReplicationInstanceIdentifier="defaults", ReplicationInstanceClass="dms.t3.micro"
    )["ReplicationInstance"]

    assert made["PubliclyAccessible"]
    assert made["AutoMinorVersionUpgrade"]
    assert not made["MultiAZ"]
    kms = sandbox.client("kms", PAYMENTS_DEV)
    key = kms.describe_key(KeyId=made["KmsKeyId"])["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]


def test_lists_of_what_nobody_has_are_empty(sandbox: Sandbox) -> None:
    ec2, ssm = sandbox.client("ec2", PAYMENTS_DEV), sandbox.client("ssm", PAYMENTS_DEV)

    events = sandbox.client("events", PAYMENTS_DEV)

    assert events.list_endpoints()["Endpoints"] == []
    assert ec2.describe_client_vpn_endpoints()["ClientVpnEndpoints"] == []
    assert ssm.describe_instance_information()["InstanceInformationList"] == []
    assert ssm.list_resource_compliance_summaries()["ResourceComplianceSummaryItems"] == []


def test_add_ons_are_those_of_a_cluster_that_is_there(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        sandbox.client("eks", PAYMENTS_DEV).list_addons(clusterName="nobody")


def an_instance(sandbox: Sandbox) -> str:
    ec2 = sandbox.client("ec2", PAYMENTS_DEV)
    image = ec2.register_image(Name="base", Architecture="x86_64")["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    return str(made["Instances"][0]["InstanceId"])


def test_a_change_of_an_instances_metadata_leaves_the_rest_as_it_was(sandbox: Sandbox) -> None:
    ec2, instance = sandbox.client("ec2", PAYMENTS_DEV), an_instance(sandbox)

    ec2.modify_instance_metadata_options(InstanceId=instance, HttpPutResponseHopLimit=3)
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required")

    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    options = found["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpEndpoint"]) == ("required", "enabled")
    assert options["HttpPutResponseHopLimit"] == 3


def test_an_endpoint_that_is_deleted_is_gone(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", PAYMENTS_DEV)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.ap-northeast-1.ec2"
    )["VpcEndpoint"]["VpcEndpointId"]

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made])

    assert made not in {e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    with pytest.raises(ClientError, match="NotFound"):
        ec2.describe_vpc_endpoints(VpcEndpointIds=[made])


def two_subnets(sandbox: Sandbox) -> list[str]:
    found = sandbox.client("ec2", PAYMENTS_DEV).describe_subnets()["Subnets"]
    return [each["SubnetId"] for each in found if each["DefaultForAz"]][:2]


def test_a_balancer_has_every_attribute_of_its_type(sandbox: Sandbox) -> None:
    elb, subnets = sandbox.client("elbv2", PAYMENTS_DEV), two_subnets(sandbox)

    def attributes(name: str, kind: str) -> dict[str, str]:
        made = elb.create_load_balancer(Name=name, Subnets=subnets, Type=kind)
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {each["Key"]: each["Value"] for each in found}

    application, network = attributes("web", "application"), attributes("tcp", "network")
    assert application["routing.http.desync_mitigation_mode"] == "defensive"
    assert application["routing.http.drop_invalid_header_fields.enabled"] == "false"
    assert application["load_balancing.cross_zone.enabled"] == "true"
    assert network["load_balancing.cross_zone.enabled"] == "false"
    assert "routing.http.desync_mitigation_mode" not in network


def a_role(sandbox: Sandbox, service: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        },
    }
    made = sandbox.client("iam", PAYMENTS_DEV).create_role(
        RoleName=service.partition(".")[0], AssumeRolePolicyDocument=json.dumps(trust)
    )
    return str(made["Role"]["Arn"])


def test_a_cluster_of_eks_is_open_to_everybody_and_changes_by_parts(sandbox: Sandbox) -> None:
    eks, role = sandbox.client("eks", PAYMENTS_DEV), a_role(sandbox, "eks.amazonaws.com")
    network = {"subnetIds": two_subnets(sandbox)}
    eks.create_cluster(name="defaults", roleArn=role, resourcesVpcConfig=network)

    def access() -> Any:
        return eks.describe_cluster(name="defaults")["cluster"]["resourcesVpcConfig"]

    assert (access()["endpointPublicAccess"], access()["endpointPrivateAccess"]) == (True, False)
    assert access()["publicAccessCidrs"] == ["0.0.0.0/0"]

    eks.update_cluster_config(
        name="defaults", resourcesVpcConfig={"publicAccessCidrs": ["192.0.2.0/24"]}
    )
    eks.update_cluster_config(
        name="defaults", logging={"clusterLogging": [{"types": ["audit"], "enabled": True}]}
    )

    assert access()["publicAccessCidrs"] == ["192.0.2.0/24"]
    assert access()["endpointPublicAccess"]
    assert access()["subnetIds"] == network["subnetIds"]
    logs = eks.describe_cluster(name="defaults")["cluster"]["logging"]["clusterLogging"]
    assert [(each["enabled"], len(each["types"])) for each in logs] == [(True, 1), (False, 4)]


def test_a_database_says_where_it_is_monitored(sandbox: Sandbox) -> None:
    rds, role = sandbox.client("rds", PAYMENTS_DEV), a_role(sandbox, "monitoring.rds.amazonaws.com")
    made = rds.create_db_instance(
        DBInstanceIdentifier="defaults",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="not-a-secret-1",
    )["DBInstance"]
    assert "EnhancedMonitoringResourceArn" not in made

    changed = rds.modify_db_instance(
        DBInstanceIdentifier="defaults", MonitoringInterval=60, MonitoringRoleArn=role
    )["DBInstance"]

    assert ":log-group:RDSOSMetrics:" in changed["EnhancedMonitoringResourceArn"]


def test_a_cluster_of_several_zones_says_so(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds", PAYMENTS_DEV)
    login = {"MasterUsername": "root", "MasterUserPassword": "not-a-secret-1"}
    three = rds.create_db_cluster(
        DBClusterIdentifier="three",
        Engine="postgres",
        DBClusterInstanceClass="db.m5d.large",
        AllocatedStorage=100,
        StorageType="io1",
        Iops=1000,
        **login,
    )["DBCluster"]
    aurora = rds.create_db_cluster(
        DBClusterIdentifier="aurora", Engine="aurora-postgresql", **login
    )["DBCluster"]

    assert (three["MultiAZ"], aurora["MultiAZ"]) == (True, False)
