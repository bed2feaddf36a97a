"""Roots of an account in the sandbox, planned and applied by the real Terraform and provider."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import Providers, Toolchain, toolchain
from orchestrator.model.plan import Plan
from orchestrator.sandbox.client import Sandbox
from tests.builders import a_key
from tests.sandbox.fleets import HOME_REGION, OTHER_REGION
from tests.sandbox.terraform_root import VERSIONS

LOCK = Path(__file__).parents[3] / "terraform" / ".terraform.lock.hcl"
KEY = a_key()


def providers_of(account: str, allowed: str = "") -> str:
    """The two provider blocks of a rendered root."""
    allowed = allowed or account
    return "".join(
        f'provider "aws" {{\n{alias}  region = "{region}"\n  profile = "{account}"\n'
        f'  allowed_account_ids = ["{allowed}"]\n'
        f'  default_tags {{\n    tags = {{ account = "{account}" }}\n  }}\n}}\n'
        for alias, region in (("", HOME_REGION), ('  alias = "other"\n', OTHER_REGION))
    )


def resources(value: str) -> str:
    return f"""
resource "aws_sns_topic" "here" {{
  name         = "gateway"
  display_name = "{value}"
}}

resource "aws_sns_topic" "there" {{
  provider     = aws.other
  name         = "gateway"
  display_name = "{value}"
}}

resource "aws_ssm_parameter" "this" {{
  name  = "/gateway/value"
  type  = "String"
  value = "{value}"
}}

data "aws_caller_identity" "this" {{}}

output "account_id" {{
  value = data.aws_caller_identity.this.account_id
}}
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """What is found once for all roots."""

    tools: Toolchain
    processes: Processes

    @staticmethod
    def of(private: Path, sandbox: Sandbox) -> Machine:
        env = {**os.environ, **sandbox.environment}
        processes = Processes()
        return Machine(toolchain(env, LOCK, private, processes), processes)


class Root:
    """One account's folder."""

    def __init__(self, folder: Path, sandbox: Sandbox, machine: Machine, account: str) -> None:
        folder.mkdir(parents=True)
        self.folder, self.account = folder, account
        self.machine, self.sandbox = machine, sandbox
        self.env = self.credentials()
        (folder / LOCK.name).write_bytes(LOCK.read_bytes())

    def declare(self, code: str, providers: str = "") -> None:
        blocks = providers or providers_of(self.account)
        (self.folder / "main.tf").write_text(VERSIONS + blocks + code)

    def terraform(self, providers: Providers | None = None) -> TerraformCli:
        tools = self.machine.tools
        return TerraformCli(
            tools.tool, self.machine.processes, tools.environment, providers=providers
        )

    def plan(self, terraform: TerraformCli, *, refresh_only: bool = False) -> Plan:
        terraform.init(self.folder, self.env)
        return terraform.plan(KEY, self.folder, "r", self.env, refresh_only=refresh_only)

    def client(self, service: str, region: str = HOME_REGION) -> Any:
        return self.sandbox.client(service, self.account, region=region)

    def credentials(self) -> Mapping[str, str]:
        keys = self.sandbox.session(self.account).get_credentials()
        assert keys
        file = self.folder.parent / f"{self.folder.name}.keys"
        file.write_text(
            f"[{self.account}]\naws_access_key_id = {keys.access_key}\n"
            f"aws_secret_access_key = {keys.secret_key}\naws_session_token = {keys.token}\n"
        )
        return {"AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_CONFIG_FILE": os.devnull}
