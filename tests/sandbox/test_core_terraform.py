"""Terraform's S3 backend and the AWS provider, with nothing but the sandbox's environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, PAYMENTS_PROD
from tests.sandbox.terraform_root import Outcome, TerraformRoot

pytestmark = pytest.mark.terraform

STATE_BUCKET = "core-terraform-state"
ROOT = f"""
terraform {{
  backend "s3" {{
    bucket       = "{STATE_BUCKET}"
    key          = "{PAYMENTS_PROD}/account/terraform.tfstate"
    region       = "{HOME_REGION}"
    profile      = "state"
    encrypt      = true
    kms_key_id   = "arn:aws:kms:{HOME_REGION}:{MANAGEMENT}:alias/{STATE_BUCKET}"
    use_lockfile = true
  }}
}}

provider "aws" {{
  region              = "{HOME_REGION}"
  profile             = "{PAYMENTS_PROD}"
  allowed_account_ids = ["{PAYMENTS_PROD}"]
}}

resource "aws_s3_bucket" "this" {{
  bucket = "core-terraform-bucket"
}}

resource "aws_s3_account_public_access_block" "this" {{
  block_public_acls = true
}}
"""


@pytest.fixture
def root(tmp_path: Path, sandbox: Sandbox) -> TerraformRoot:
    s3 = sandbox.client("s3", MANAGEMENT)
    s3.create_bucket(
        Bucket=STATE_BUCKET, CreateBucketConfiguration={"LocationConstraint": HOME_REGION}
    )
    kms = sandbox.client("kms", MANAGEMENT)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=f"alias/{STATE_BUCKET}", TargetKeyId=key)
    profiles = {"state": MANAGEMENT, PAYMENTS_PROD: PAYMENTS_PROD}
    return TerraformRoot(tmp_path, sandbox, ROOT, profiles)


def test_a_root_with_state_in_s3_is_applied_planned_empty_and_destroyed(
    root: TerraformRoot, sandbox: Sandbox
) -> None:
    steps: dict[str, Outcome] = dict(root.cycle())

    assert {step: outcome.code for step, outcome in steps.items()} == {
        "init": 0,
        "apply": 0,
        "plan": 0,
        "destroy": 0,
    }, "\n".join(outcome.output for outcome in steps.values())

    s3 = sandbox.client("s3", MANAGEMENT)
    objects = s3.list_objects_v2(Bucket=STATE_BUCKET)["Contents"]
    (name,) = [o["Key"] for o in objects]
    assert name == f"{PAYMENTS_PROD}/account/terraform.tfstate"
    key = sandbox.client("kms", MANAGEMENT).describe_key(KeyId=f"alias/{STATE_BUCKET}")
    head = s3.head_object(Bucket=STATE_BUCKET, Key=name)
    assert head["SSEKMSKeyId"] == key["KeyMetadata"]["Arn"]
