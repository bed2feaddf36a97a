"""Every resource type of the stacks: made, planned empty, changed in place, planned empty, gone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.sandbox.archives import a_bucket_for
from tests.sandbox.fleets import LOG_ARCHIVE
from tests.sandbox.services.conftest import HOME, MANAGEMENT, MEMBER, OTHER, SECURITY, Cloud
from tests.sandbox.terraform_root import TerraformRoot

pytestmark = pytest.mark.terraform

ROOTS = Path(__file__).parent / "roots"
PROVIDER = """
provider "aws" {{
  region              = "{region}"
  profile             = "{account}"
  allowed_account_ids = ["{account}"]

  default_tags {{
    tags = {{ managed-by = "orchestrator" }}
  }}
}}
"""


def nothing(_: Cloud) -> None:
    """The root needs nothing that is not in it."""


def a_trail_bucket(cloud: Cloud) -> None:
    place = {"LocationConstraint": HOME}
    s3 = cloud.client("s3", MANAGEMENT)
    a_bucket_for(s3, "contract-trail", "cloudtrail", CreateBucketConfiguration=place)


def a_recorders_archive(cloud: Cloud) -> None:
    """A bucket and a key that AWS Config may use."""
    place = {"LocationConstraint": HOME}
    s3 = cloud.client("s3", LOG_ARCHIVE)
    a_bucket_for(s3, "contract-config", "config", CreateBucketConfiguration=place)
    owner = {"AWS": f"arn:aws:iam::{LOG_ARCHIVE}:root"}
    let_in = {"Service": "config.amazonaws.com"}
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
        for principal in (owner, let_in)
    ]
    kms = cloud.client("kms", LOG_ARCHIVE)
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    key = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/example-logs", TargetKeyId=key)


def the_administrator(cloud: Cloud) -> None:
    iam = cloud.client("iam")
    iam.create_service_linked_role(AWSServiceName="access-analyzer.amazonaws.com")
    organizations = cloud.client("organizations")
    for service in ("access-analyzer", "config"):
        organizations.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
        organizations.register_delegated_administrator(
            AccountId=SECURITY, ServicePrincipal=f"{service}.amazonaws.com"
        )
    for region in (HOME, OTHER):
        cloud.hub(MANAGEMENT, region).enable_organization_admin_account(AdminAccountId=SECURITY)
        guardduty = cloud.client("guardduty", MANAGEMENT, region)
        guardduty.enable_organization_admin_account(AdminAccountId=SECURITY)


@dataclass(frozen=True)
class Contract:
    """A root of `roots/`, whose it is, what must be there before, and what nobody destroys."""

    root: str
    account: str
    region: str = HOME
    prepare: Callable[[Cloud], None] = nothing
    keep: str = ""


CONTRACTS = (
    Contract(
        "organization",
        MANAGEMENT,
        prepare=a_trail_bucket,
        keep="aws_organizations_organization.this",
    ),
    Contract("security", SECURITY, prepare=the_administrator),
    Contract("members", SECURITY, OTHER, the_administrator),
    Contract("log_archive", LOG_ARCHIVE),
    Contract("account", MEMBER, prepare=a_recorders_archive),
)


IN_SHORT = ("organization", "account")
"""Between them most kinds of resources, and one that nobody destroys. The others are `long`: the
provider asks S3 for a minute whether a lifecycle rule has settled. `make demo` makes them, too."""


@pytest.mark.parametrize(
    "contract",
    [
        pytest.param(each, id=each.root, marks=[] if each.root in IN_SHORT else [pytest.mark.long])
        for each in CONTRACTS
    ],
)
def test_the_resources_of_a_root_survive_plan_update_and_destroy(
    contract: Contract, cloud: Cloud, tmp_path: Path
) -> None:
    contract.prepare(cloud)
    provider = PROVIDER.format(region=contract.region, account=contract.account)
    code = provider + (ROOTS / contract.root / "main.tf").read_text()
    root = TerraformRoot(tmp_path, cloud.sandbox, code, {contract.account: contract.account})
    updated = replace(root, variables={"updated": "true"})

    steps = [
        ("init", root.init),
        ("apply", root.apply),
        ("plan", root.plan),
        ("update", updated.apply),
        ("plan after update", updated.plan),
        ("destroy", updated.destroy),
    ]
    if contract.keep:
        steps.insert(-1, ("keep", lambda: updated.run("state", "rm", contract.keep)))
    for name, step in steps:
        outcome = step()
        assert outcome.code == 0, f"{contract.root}: {name}\n{outcome.output}"
        if name == "update":
            changed = re.search(r"(\d+) changed, (\d+) destroyed", outcome.output)
            assert changed is not None, outcome.output
            assert (int(changed[1]) > 0, changed[2]) == (True, "0"), outcome.output
