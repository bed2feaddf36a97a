"""A domain in a VPC, before and after the service has its role."""

from __future__ import annotations

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of


def test_a_domain_in_a_vpc_wants_the_service_linked_role_first(cloud: Cloud) -> None:
    ec2, opensearch = cloud.client("ec2", MEMBER), cloud.client("opensearch", MEMBER)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    domain = {"DomainName": "logs", "VPCOptions": {"SubnetIds": [subnet]}}
    assert error_of(opensearch.create_domain, **domain) == "ValidationException"

    cloud.client("iam", MEMBER).create_service_linked_role(
        AWSServiceName="opensearchservice.amazonaws.com"
    )

    opensearch.create_domain(**domain)
    opensearch.create_domain(DomainName="public")


def test_what_deletes_the_services_role_is_named_after_it(cloud: Cloud) -> None:
    iam, service = cloud.client("iam", MEMBER), "opensearchservice.amazonaws.com"
    role = iam.create_service_linked_role(AWSServiceName=service)["Role"]["RoleName"]

    task = iam.delete_service_linked_role(RoleName=role)["DeletionTaskId"]

    assert task.startswith(f"task/aws-service-role/{service}/{role}/")
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"]
    assert status == "SUCCEEDED"
