"""Logs on their way from an account to the archive, made by the roles that will make them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import (
    HOME,
    LOG_ARCHIVE,
    MANAGEMENT,
    MEMBER,
    VERSIONS,
    Applied,
    provider,
)
from tests.modules.workshop import build
from tests.sandbox.fleets import PROMPT, a_fleet
from tests.sandbox.log_roots import bootstrap, converges, ends, enter

pytestmark = [pytest.mark.terraform, pytest.mark.long]

BUCKET = "example-logs-logs"
FORWARDED = '"cloudwatch", "resolver_queries", "vpc_flow"'
DESTINATION = f"arn:aws:logs:{HOME}:{LOG_ARCHIVE}:destination:orchestrator-logs"
BOUNDARY = f"arn:aws:iam::{LOG_ARCHIVE}:policy/orchestrator-boundary"


def destination(key: str) -> str:
    return f"""
module "log_destination" {{
  source                   = "./modules/log_destination"
  account_id               = "{LOG_ARCHIVE}"
  bucket_arn               = "arn:aws:s3:::{BUCKET}"
  kms_key_arn              = "{key}"
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "{BOUNDARY}"
  region                   = "{HOME}"
}}
"""


def forwarding(vpc: str) -> str:
    return f"""
module "log_forwarding" {{
  source                   = "./modules/log_forwarding"
  account_id               = "{MEMBER}"
  archive_bucket_arn       = "arn:aws:s3:::{BUCKET}"
  archive_sources          = ["ROUTE53", "VPC_FLOW"]
  destination_arn          = "{DESTINATION}"
  excluded_log_groups      = ["/aws/eks/payments/cluster"]
  permissions_boundary_arn = "arn:aws:iam::{MEMBER}:policy/orchestrator-boundary"
  region                   = "{HOME}"
  vpc_ids                  = ["{vpc}"]
}}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("sandbox"), a_fleet(), PROMPT) as running:
        yield running


def test_logs_are_forwarded_by_roles_that_may_do_just_that(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shop = build(tmp_path / "workshop")
    code = bootstrap({LOG_ARCHIVE: '"destination"', MEMBER: FORWARDED})
    enter(Applied(shop, sandbox, tmp_path / "roles", code), MANAGEMENT, LOG_ARCHIVE, MEMBER)
    sandbox.client("s3", LOG_ARCHIVE).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME}
    )
    key = sandbox.client("kms", LOG_ARCHIVE).create_key()["KeyMetadata"]["Arn"]
    vpc = sandbox.client("ec2", MEMBER).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    there = VERSIONS + provider(LOG_ARCHIVE) + destination(key)
    archive = converges(Applied(shop, sandbox, tmp_path / "archive", there), LOG_ARCHIVE)
    here = VERSIONS + provider(MEMBER) + forwarding(vpc)
    member = converges(Applied(shop, sandbox, tmp_path / "member", here), MEMBER)

    logs = sandbox.client("logs", MEMBER)
    (policy,) = logs.describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY")[
        "accountPolicies"
    ]
    assert json.loads(policy["policyDocument"])["DestinationArn"] == DESTINATION
    document = json.loads(policy["policyDocument"])
    with pytest.raises(ClientError, match="Role ARN is required"):
        logs.put_account_policy(
            policyName=policy["policyName"],
            policyType="SUBSCRIPTION_FILTER_POLICY",
            policyDocument=json.dumps({**document, "RoleArn": ""}),
        )
    assert '"/aws/eks/payments/cluster"' in policy["selectionCriteria"]
    (flow,) = sandbox.client("ec2", MEMBER).describe_flow_logs()["FlowLogs"]
    assert flow["DestinationOptions"]["FileFormat"] == "parquet"
    assert flow["ResourceId"] == vpc
    resolver = sandbox.client("route53resolver", MEMBER)
    operation = resolver.list_resolver_query_log_config_associations
    (asked,) = operation()["ResolverQueryLogConfigAssociations"]
    assert (asked["ResourceId"], asked["Status"]) == (vpc, "ACTIVE")

    ends(member, MEMBER)
    assert operation()["ResolverQueryLogConfigAssociations"] == []
    ends(archive, LOG_ARCHIVE)


def test_a_destination_that_is_not_there_is_refused(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs", MEMBER)
    nowhere = DESTINATION.replace("orchestrator-logs", "nowhere")

    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.put_account_policy(
            policyName="mine",
            policyType="SUBSCRIPTION_FILTER_POLICY",
            policyDocument=json.dumps({"DestinationArn": nowhere}),
        )
