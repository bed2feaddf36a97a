"""Security Lake of an organization: declared by its roles, read, written to and ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.logs.stream import deployment
from orchestrator.render.bundle import zipped
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.modules.account_roots import (
    HOME,
    MANAGEMENT,
    OTHER,
    SECURITY,
    VERSIONS,
    Applied,
    entry_keys,
    provider,
)
from tests.modules.examples import body, example
from tests.modules.workshop import ROOT, Workshop, build
from tests.sandbox.fleets import PROMPT, a_fleet
from tests.sandbox.log_roots import bootstrap, converges, ends, enter, succeeds

ANCHOR = (
    f"arn:aws:rolesanywhere:{HOME}:{SECURITY}:trust-anchor/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
)

pytestmark = [pytest.mark.terraform, pytest.mark.long]

LAKE = VERSIONS + provider(SECURITY) + body(example(ROOT / "modules/security_lake/README.md"))
SOURCE = f"""
  source                   = "./modules/onprem_log_source"
  account_id               = "{SECURITY}"
  bucket_arn               = "BUCKET"
  external_id              = "example-onprem"
  permissions_boundary_arn = "arn:aws:iam::{SECURITY}:policy/orchestrator-boundary"
  certificate_names        = ["gateway-1.example.com"]
  region                   = "{HOME}"
  source_account_id        = "{SECURITY}"
  trust_anchor_arn         = "{ANCHOR}"
"""
OTHERS = f"""
module "sign_ins" {{{SOURCE}
  event_class = "AUTHENTICATION"
  name        = "onprem-ssh"
}}

module "requests" {{{SOURCE}
  event_class = "HTTP_ACTIVITY"
  name        = "onprem-web"
  stream      = {{ format = "web", path = "CODE", sha256 = "DIGEST" }}
  depends_on  = [module.sign_ins]
}}

module "by_objects" {{
  source                = "./modules/security_lake_subscriber"
  access                = "S3"
  external_id           = "example-siem"
  name                  = "siem"
  sources               = ["CLOUD_TRAIL_MGMT", "SH_FINDINGS"]
  subscriber_account_id = "{MANAGEMENT}"
  depends_on            = [module.requests]
}}

module "by_queries" {{
  source                = "./modules/security_lake_subscriber"
  access                = "LAKEFORMATION"
  custom_sources        = ["onprem-ssh-3002"]
  external_id           = "example-analysts"
  name                  = "analysts"
  sources               = ["CLOUD_TRAIL_MGMT"]
  subscriber_account_id = "{MANAGEMENT}"
  depends_on            = [module.by_objects]
}}
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build(tmp_path_factory.mktemp("modules") / "workshop")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path / "sandbox", a_fleet(), PROMPT) as running:
        organizations = running.client("organizations")
        principal = "securitylake.amazonaws.com"
        organizations.enable_aws_service_access(ServicePrincipal=principal)
        organizations.register_delegated_administrator(
            AccountId=SECURITY, ServicePrincipal=principal
        )
        yield running


def test_a_lake_is_made_by_its_roles_and_read_and_written_by_whom_it_lets(
    sandbox: Sandbox, workshop: Workshop, tmp_path: Path
) -> None:
    first = Applied(workshop, sandbox, tmp_path / "roles", bootstrap({SECURITY: '"lake"'}))
    enter(first, MANAGEMENT, SECURITY)
    lake = converges(Applied(workshop, sandbox, tmp_path / "lake", LAKE), SECURITY)
    there = sandbox.client("securitylake", SECURITY)
    lakes = {each["region"]: each for each in there.list_data_lakes()["dataLakes"]}
    assert lakes.keys() == {HOME, OTHER}
    assert lakes[OTHER]["replicationConfiguration"]["regions"] == [HOME]

    code = zipped(deployment.files())
    digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
    others = OTHERS.replace("BUCKET", lakes[HOME]["s3BucketArn"]).replace("DIGEST", digest)
    file = tmp_path / "onprem.zip"
    file.write_bytes(code)
    root = VERSIONS + provider(SECURITY) + others.replace("CODE", str(file))
    outside = Applied(workshop, sandbox, tmp_path / "outside", root)
    succeeds(outside.init())
    mine = {SECURITY: entry_keys(sandbox, SECURITY)}
    succeeds(outside.apply(mine))
    succeeds(outside.plan(mine))

    held = {each["subscriberName"]: each for each in there.list_subscribers()["subscribers"]}
    assert held["siem"]["subscriberEndpoint"].endswith("-Main-Queue")
    assert held["siem"]["roleArn"].startswith(f"arn:aws:iam::{SECURITY}:role/AmazonSecurityLake-")
    assert "resourceShareArn" in held["analysts"]
    firehose = sandbox.client("firehose", SECURITY)
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == [
        "orchestrator-source-onprem-web-4002"
    ]

    succeeds(outside.destroy(mine))
    ends(lake, SECURITY)
    assert there.list_data_lakes()["dataLakes"] == []
    bucket = lakes[HOME]["s3BucketArn"].split(":::")[1]
    assert sandbox.client("s3", SECURITY).list_objects_v2(Bucket=bucket)["Name"] == bucket
