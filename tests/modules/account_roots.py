"""The examples of the modules' READMEs, put together by the account that they are for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3

from orchestrator.adapters.process import Completed
from orchestrator.render.bundle import NAME, zipped
from orchestrator.sandbox.client import Sandbox
from tests.modules.examples import body, example
from tests.modules.workshop import LOCK, ROOT, Workshop

MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER = (
    "200000000001",
    "200000000002",
    "200000000003",
    "200000000006",
)
ACCOUNTS = (MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER)
HOME, OTHER = "ap-northeast-1", "us-east-1"
READER = f"arn:aws:iam::{MANAGEMENT}:role/orchestrator-reader"
RUNNER = f"arn:aws:iam::{MANAGEMENT}:role/orchestrator-runner"
EXTERNAL_ID = "example-orchestrator"

FUNCTION = zipped({"orchestrator/findings/function.py": b"def handler(event, context): ...\n"})
"""A zip of the digest that the example of finding_router names."""

VERSIONS = (ROOT / "modules" / "log_archive" / "versions.tf").read_text("utf-8")
PROVIDER = """
provider "aws" {{
  {alias}
  region              = "{region}"
  profile             = "{account}"
  allowed_account_ids = ["{account}"]

  default_tags {{
    tags = {{ managed-by = "orchestrator" }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class AccountRoot:
    """A root of one account and region, and the modules whose examples are in it."""

    account: str
    modules: tuple[str, ...]
    region: str = HOME

    def code(self) -> str:
        calls = [body(example(ROOT / "modules" / name / "README.md")) for name in self.modules]
        return VERSIONS + provider(self.account, self.region) + "\n".join(calls)


@dataclass(frozen=True, slots=True)
class Applied:
    """A root in a folder, run against a sandbox."""

    workshop: Workshop
    sandbox: Sandbox
    folder: Path
    code: str

    def init(self) -> Completed:
        self.folder.mkdir()
        (self.folder / NAME).write_bytes(FUNCTION)
        shutil.copytree(self.workshop.folder / "modules", self.folder / "modules", symlinks=True)
        (self.folder / "main.tf").write_text(self.code, "utf-8")
        (self.folder / LOCK.name).write_bytes(LOCK.read_bytes())
        return self.run({}, "init")

    def apply(self, keys: Mapping[str, str]) -> Completed:
        return self.run(keys, "apply", "-auto-approve")

    def plan(self, keys: Mapping[str, str]) -> Completed:
        """Ends with 0 when nothing would change, and with 2 when something would."""
        return self.run(keys, "plan", "-detailed-exitcode", "-lock=false")

    def destroy(self, keys: Mapping[str, str]) -> Completed:
        return self.run(keys, "apply", "-destroy", "-auto-approve")

    def forget(self, address: str) -> Completed:
        return self.run({}, "state", "rm", address)

    def unguard(self, module: str) -> None:
        """Take what prevents its end out of the root's copy of a module, as its README says."""
        for file in (self.folder / "modules" / module).glob("*.tf"):
            text = file.read_text("utf-8").replace("prevent_destroy = true", "")
            protected = "deletion_protection_enabled = "
            file.write_text(text.replace(f"{protected}true", f"{protected}false"), "utf-8")

    def run(self, keys: Mapping[str, str], *arguments: str) -> Completed:
        """Run Terraform with the profiles in `keys`, by account id, and no other credentials."""
        file = self.folder / ".credentials"
        file.write_text("".join(f"[{account}]\n{text}" for account, text in keys.items()))
        names = ("AWS_ENDPOINT_URL", "HTTP_PROXY")
        env = {name: self.sandbox.environment[name] for name in names}
        env |= {"AWS_SHARED_CREDENTIALS_FILE": str(file), "TF_CLI_ARGS": "-no-color"}
        return self.workshop.terraform(self.folder, *arguments, env=env)


def provider(account: str, region: str = HOME, alias: str = "") -> str:
    named = f'alias = "{alias}"' if alias else ""
    return PROVIDER.format(account=account, region=region, alias=named)


def session(
    sandbox: Sandbox, account: str, role: str, start: str = "orchestrator-runner"
) -> boto3.Session:
    """As `role` in `account`, entered as the runner enters it, or the role `start`."""
    sts = sandbox.client("sts", MANAGEMENT, start)
    assumed = sts.assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{role}",
        RoleSessionName="modules",
        ExternalId=EXTERNAL_ID,
    )["Credentials"]
    return boto3.Session(
        assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]
    )


def keys(sandbox: Sandbox, account: str, role: str) -> str:
    """A profile for `role` in `account`."""
    found = session(sandbox, account, role).get_credentials()
    assert found is not None
    return _profile(found.access_key, found.secret_key, found.token or "")


def entry_keys(sandbox: Sandbox, account: str) -> str:
    """A profile for the entry role; in the management account for the administrator."""
    session = sandbox.session(None if account == MANAGEMENT else account)
    found = session.get_credentials()
    assert found is not None
    return _profile(found.access_key, found.secret_key, found.token or "")


def _profile(key: str, secret: str, token: str) -> str:
    lines = [f"aws_access_key_id={key}", f"aws_secret_access_key={secret}"]
    return "\n".join([*lines, *([f"aws_session_token={token}"] if token else [])]) + "\n"


def bootstrap_code() -> str:
    """State, runner, CI, and the two roles in every account that the other roots are for."""
    stacks = {MANAGEMENT: "organization", SECURITY: "security", LOG_ARCHIVE: "log_archive"}
    roles = [_roles(account, stacks.get(account)) for account in ACCOUNTS]
    aliases = [provider(account, alias=f"of_{account}") for account in ACCOUNTS]
    ci = body(example(ROOT / "modules" / "ci_roles" / "README.md"))
    made = [STATE_AND_RUNNER, ci, *roles]
    return VERSIONS + provider(MANAGEMENT) + "".join(aliases) + "\n".join(made)


STATE_AND_RUNNER = f"""
module "state_backend" {{
  source     = "./modules/state_backend"
  account_id = "{MANAGEMENT}"
  bucket     = "example-terraform-state-{MANAGEMENT}"
}}

module "runner_roles" {{
  source            = "./modules/runner_roles"
  account_id        = "{MANAGEMENT}"
  organization_id   = "o-exampleorg1"
  region            = "{HOME}"
  state_bucket      = module.state_backend.bucket
  state_kms_key_arn = module.state_backend.kms_key_arn
  target_roles      = ["orchestrator-plan", "orchestrator-apply"]
}}
"""


def _roles(account: str, own: str | None) -> str:
    stacks = '"account"' + (f', "{own}"' if own else "")
    return f"""
module "orchestrator_roles_{account}" {{
  source            = "./modules/orchestrator_roles"
  providers         = {{ aws = aws.of_{account} }}
  account_id        = "{account}"
  bucket_prefix     = "example-logs"
  drift_events      = true
  external_id       = "{EXTERNAL_ID}"
  reader_role_arn   = "{READER}"
  runner_role_arn   = "{RUNNER}"
  security_hub_mode = "local"
  remediation_role  = "orchestrator-remediation"
  stacks            = [{stacks}]
  depends_on        = [module.runner_roles]
}}
"""
