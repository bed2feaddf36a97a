"""Terraform's S3 backend and the AWS provider, with nothing but the sandbox's environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import terraform
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, PAYMENTS_PROD
from tests.sandbox.terraform_root import Outcome, TerraformRoot

pytestmark = pytest.mark.terraform

STATE_BUCKET = "core-terraform-state"
STATE = f"{PAYMENTS_PROD}/account/terraform.tfstate"
BACKEND = f"""
terraform {{
  backend "s3" {{
    bucket       = "{STATE_BUCKET}"
    key          = "{STATE}"
    region       = "{HOME_REGION}"
    profile      = "state"
    encrypt      = true
    kms_key_id   = "arn:aws:kms:{HOME_REGION}:{MANAGEMENT}:alias/{STATE_BUCKET}"
    use_lockfile = true
  }}
}}
"""
CODE = f"""
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
    if STATE_BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        place = {"LocationConstraint": HOME_REGION}
        s3.create_bucket(Bucket=STATE_BUCKET, CreateBucketConfiguration=place)
    kms = sandbox.client("kms", MANAGEMENT)
    if f"alias/{STATE_BUCKET}" not in {each["AliasName"] for each in kms.list_aliases()["Aliases"]}:
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=f"alias/{STATE_BUCKET}", TargetKeyId=key)
    profiles = {"state": MANAGEMENT, PAYMENTS_PROD: PAYMENTS_PROD}
    return TerraformRoot(tmp_path, sandbox, BACKEND + CODE, profiles)


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
    assert [each["Key"] for each in objects] == [STATE]
    assert _key_of_state(sandbox) == _state_key(sandbox)


def test_a_folder_from_before_its_state_had_a_key_goes_on_with_it(
    root: TerraformRoot, sandbox: Sandbox
) -> None:
    backend = root.folder / "backend.tf"
    root.write(CODE)
    backend.write_text("\n".join(x for x in BACKEND.splitlines() if "kms_key_id" not in x))
    assert root.run("init"), "with an older version"
    applied = root.apply()
    assert applied, applied.output
    assert _key_of_state(sandbox) == ""

    backend.write_text(BACKEND)
    processes = Processes()
    cli = TerraformCli(terraform(os.environ, processes), processes, {})
    cli.init(root.folder, root.environment())

    planned = root.plan()
    assert planned.code == 0, planned.output
    assert root.destroy()
    assert _key_of_state(sandbox) == _state_key(sandbox)


def test_a_state_that_began_in_the_folder_moves_into_the_bucket_and_is_not_asked_for_again(
    root: TerraformRoot,
) -> None:
    backend, local = root.folder / "backend.tf", root.folder / "terraform.tfstate"
    root.write(CODE)
    backend.write_text('terraform {\n  backend "local" {}\n}\n')
    assert root.run("init")
    assert root.apply()
    kept = local.read_text()

    processes = Processes()
    cli = TerraformCli(terraform(os.environ, processes), processes, {})
    backend.write_text(BACKEND)
    cli.migrate(root.folder, root.environment())
    assert not list(root.folder.glob("terraform.tfstate*"))

    local.write_text(kept)  # as older versions left it
    backend.write_text(BACKEND.replace("encrypt      = true", "encrypt = true"))
    cli.init(root.folder, root.environment())
    assert [file.read_text() for file in root.folder.glob("terraform.tfstate*")] == [kept]
    planned = root.plan()
    assert planned.code == 0, planned.output
    assert root.destroy()


def _state_key(sandbox: Sandbox) -> str:
    kms = sandbox.client("kms", MANAGEMENT)
    return str(kms.describe_key(KeyId=f"alias/{STATE_BUCKET}")["KeyMetadata"]["Arn"])


def _key_of_state(sandbox: Sandbox) -> str:
    head = sandbox.client("s3", MANAGEMENT).head_object(Bucket=STATE_BUCKET, Key=STATE)
    return str(head.get("SSEKMSKeyId", ""))
