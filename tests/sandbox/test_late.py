"""Terraform, the provider and AWS's own pace: what is on its way, and what fails at one target."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.aws.conformance import checks, security
from orchestrator.adapters.aws.conformance.checks import Found
from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import terraform
from orchestrator.model.run import Answer
from orchestrator.sandbox.client import Sandbox
from tests.builders import a_key, an_account, an_organization
from tests.sandbox import fleets
from tests.sandbox.terraform_root import TerraformRoot

pytestmark = [pytest.mark.terraform, pytest.mark.long]

MODULE = Path(__file__).parents[2] / "modules" / "security_hub_central"
ORDERS, PAYMENTS = "200000000007", fleets.PAYMENTS_PROD
ORGANIZATION = an_organization((an_account(6, "payments"), an_account(7, "orders")))
FSBP = "arn:aws:securityhub:{}::standards/aws-foundational-security-best-practices/v/1.0.0"
CODE = f"""
provider "aws" {{
  region  = "{fleets.HOME_REGION}"
  profile = "security"
}}

module "central" {{
  source         = "{MODULE}"
  linked_regions = []
  policies = {{
    everyone = {{
      name              = "everyone"
      description       = "all of it"
      service_enabled   = true
      standard_arns     = ["{FSBP.format(fleets.HOME_REGION)}"]
      disabled_controls = []
    }}
  }}
  associations = {{ "{PAYMENTS}" = "everyone", "{ORDERS}" = "everyone" }}
}}
"""


class Late:
    """The module as the orchestrator applies it, and AWS as the orchestrator asks it."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.root = TerraformRoot(folder, sandbox, CODE, {"security": fleets.SECURITY})
        assert self.root.init()
        processes = Processes()
        tool = terraform(os.environ, processes)
        self.terraform = TerraformCli(tool, processes, self.root.environment())

    def apply(self) -> None:
        made = self.terraform.plan(a_key(), self.root.folder, "r", {}, refresh_only=False)
        self.terraform.apply(made, {})

    def left(self) -> tuple[str, ...]:
        return self.terraform.is_empty(self.root.folder, {})

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        client = self.sandbox.client(service, fleets.SECURITY)
        return _method(client, operation)(**parameters)

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        found: list[Any] = self.call(service, operation, region, **parameters)[key]
        return found


def _method(client: Any, operation: str) -> Callable[..., Any]:
    names = {operation: name for name, operation in client.meta.method_to_api_mapping.items()}
    found: Callable[..., Any] = getattr(client, names[operation])
    return found


@pytest.fixture
def late(fresh_sandbox: Sandbox, tmp_path: Path) -> Late:
    fresh_sandbox.client("securityhub").enable_organization_admin_account(
        AdminAccountId=fleets.SECURITY
    )
    return Late(tmp_path / "root", fresh_sandbox)


def test_a_policy_that_fails_at_one_target_reaches_the_others_and_is_not_made_anew(
    late: Late,
) -> None:
    late.sandbox.delays("association=1", failing=[f"association:{PAYMENTS}=Config is off"])

    late.apply()

    assert late.left() == ()
    found = checks.associations(late, ORGANIZATION)
    assert isinstance(found, Found)
    assert found.answer is Answer.NOT_EVERYWHERE
    assert found.what.startswith(f"payments ({PAYMENTS}): Config is off; remove the reason")

    late.sandbox.delays("association=0")
    words = found.what.partition("start-configuration-policy-association ")[2].split()
    kind, _, target = words[3].partition("=")
    again: dict[str, Any] = {
        "ConfigurationPolicyIdentifier": words[1],
        "Target": {kind: target},
    }
    late.call("securityhub", "StartConfigurationPolicyAssociation", **again)
    assert checks.associations(late, ORGANIZATION) == ""
    assert late.left() == ()


def test_policies_that_stay_pending_end_no_apply_and_are_seen_once_they_are_there(
    late: Late,
) -> None:
    late.sandbox.delays("central=2", "association=3600")

    late.apply()

    assert late.left() == ()
    assert checks.associations(late, ORGANIZATION) == Found(
        Answer.ON_ITS_WAY, "2 of 2 targets are PENDING"
    )
    late.sandbox.advance(3600)
    assert checks.associations(late, ORGANIZATION) == ""
    assert security.central(late) == ""
    assert late.left() == ()
