"""Logs on their way from an account to the archive, made by the roles that will make them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from orchestrator.adapters.process import Completed
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import (
    EXTERNAL_ID,
    HOME,
    LOG_ARCHIVE,
    MANAGEMENT,
    MEMBER,
    RUNNER,
    VERSIONS,
    Applied,
    entry_keys,
    keys,
    provider,
)
from tests.modules.workshop import build
from tests.sandbox.fleets import a_fleet

pytestmark = [pytest.mark.terraform, pytest.mark.long]

BUCKET = "example-logs-logs"
DESTINATION = f"arn:aws:logs:{HOME}:{LOG_ARCHIVE}:destination:orchestrator-logs"
BOUNDARY = f"arn:aws:iam::{LOG_ARCHIVE}:policy/orchestrator-boundary"


def roles(account: str, logs: str) -> str:
    stacks = '"account", "log_archive"' if account == LOG_ARCHIVE else '"account"'
    return f"""
module "orchestrator_roles_{account}" {{
  source          = "./modules/orchestrator_roles"
  providers       = {{ aws = aws.of_{account} }}
  account_id      = "{account}"
  bucket_prefix   = "example-logs"
  external_id     = "{EXTERNAL_ID}"
  logs            = [{logs}]
  runner_role_arn = "{RUNNER}"
  stacks          = [{stacks}]
  depends_on      = [module.orchestrator_runner]
}}
"""


RUNNER_ROLE = f"""
module "orchestrator_runner" {{
  source            = "./modules/orchestrator_runner"
  account_id        = "{MANAGEMENT}"
  organization_id   = "o-exampleorg1"
  region            = "{HOME}"
  state_bucket      = "example-terraform-state-{MANAGEMENT}"
  state_kms_key_arn = "arn:aws:kms:{HOME}:{MANAGEMENT}:key/11111111-2222-3333-4444-555555555555"
  target_roles      = ["orchestrator-plan", "orchestrator-apply"]
}}
"""


def destination(key: str) -> str:
    return f"""
module "log_destination" {{
  source                   = "./modules/log_destination"
  account_id               = "{LOG_ARCHIVE}"
  bucket_arn               = "arn:aws:s3:::{BUCKET}"
  kms_key_arn              = "{key}"
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "{BOUNDARY}"
}}
"""


def forwarding(vpc: str) -> str:
    return f"""
module "log_forwarding" {{
  source              = "./modules/log_forwarding"
  archive_bucket_arn  = "arn:aws:s3:::{BUCKET}"
  archive_sources     = ["VPC_FLOW"]
  destination_arn     = "{DESTINATION}"
  excluded_log_groups = ["/aws/eks/payments/cluster"]
  vpc_ids             = ["{vpc}"]
}}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("sandbox"), a_fleet()) as running:
        yield running


def test_logs_are_forwarded_by_roles_that_may_do_just_that(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shop = build(tmp_path / "workshop")
    aliases = [provider(a, alias=f"of_{a}") for a in (LOG_ARCHIVE, MEMBER)]
    made = [roles(LOG_ARCHIVE, '"destination"'), roles(MEMBER, '"cloudwatch", "vpc_flow"')]
    code = VERSIONS + provider(MANAGEMENT) + "".join([*aliases, RUNNER_ROLE, *made])
    first = Applied(shop, sandbox, tmp_path / "roles", code)
    entries = {each: entry_keys(sandbox, each) for each in (MANAGEMENT, LOG_ARCHIVE, MEMBER)}
    succeeds(first.init())
    succeeds(first.apply(entries))
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
    assert '"/aws/eks/payments/cluster"' in policy["selectionCriteria"]
    (flow,) = sandbox.client("ec2", MEMBER).describe_flow_logs()["FlowLogs"]
    assert flow["DestinationOptions"]["FileFormat"] == "parquet"
    assert flow["ResourceId"] == vpc

    succeeds(member.destroy({MEMBER: keys(sandbox, MEMBER, "orchestrator-apply")}))
    succeeds(archive.destroy({LOG_ARCHIVE: keys(sandbox, LOG_ARCHIVE, "orchestrator-apply")}))


def converges(root: Applied, account: str) -> Applied:
    succeeds(root.init())
    succeeds(root.apply({account: keys(root.sandbox, account, "orchestrator-apply")}))
    succeeds(root.plan({account: keys(root.sandbox, account, "orchestrator-plan")}))
    return root


def succeeds(ran: Completed) -> None:
    assert ran.code == 0, f"{ran.stdout[-4000:]}\n{ran.stderr}"


def test_a_destination_that_is_not_there_is_refused(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs", MEMBER)
    nowhere = DESTINATION.replace("orchestrator-logs", "nowhere")

    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.put_account_policy(
            policyName="mine",
            policyType="SUBSCRIPTION_FILTER_POLICY",
            policyDocument=json.dumps({"DestinationArn": nowhere}),
        )
