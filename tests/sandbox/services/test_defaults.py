"""What AWS says of a resource where nobody has said anything of it."""

from __future__ import annotations

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

    assert ec2.describe_client_vpn_endpoints()["ClientVpnEndpoints"] == []
    assert ssm.describe_instance_information()["InstanceInformationList"] == []
    assert ssm.list_resource_compliance_summaries()["ResourceComplianceSummaryItems"] == []


def test_add_ons_are_those_of_a_cluster_that_is_there(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        sandbox.client("eks", PAYMENTS_DEV).list_addons(clusterName="nobody")
