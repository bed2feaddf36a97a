"""Roots of the modules for logs, applied by the roles that will apply them."""

from __future__ import annotations

from orchestrator.adapters.process import Completed
from tests.modules.account_roots import (
    EXTERNAL_ID,
    HOME,
    LOG_ARCHIVE,
    MANAGEMENT,
    RUNNER,
    SECURITY,
    VERSIONS,
    Applied,
    entry_keys,
    keys,
    provider,
)

OWN = {LOG_ARCHIVE: "log_archive", SECURITY: "security"}

RUNNER_ROLE = f"""
module "runner_roles" {{
  source            = "./modules/runner_roles"
  account_id        = "{MANAGEMENT}"
  organization_id   = "o-exampleorg1"
  region            = "{HOME}"
  state_bucket      = "example-terraform-state-{MANAGEMENT}"
  state_kms_key_arn = "arn:aws:kms:{HOME}:{MANAGEMENT}:key/11111111-2222-3333-4444-555555555555"
  target_roles      = ["orchestrator-plan", "orchestrator-apply"]
}}
"""


def bootstrap(logs: dict[str, str]) -> str:
    """A root with the runner, and the two roles in each account for the logs named, as HCL."""
    aliases = [provider(account, alias=f"of_{account}") for account in logs]
    made = [_roles(account, purposes) for account, purposes in logs.items()]
    return VERSIONS + provider(MANAGEMENT) + "".join([*aliases, RUNNER_ROLE, *made])


def enter(root: Applied, *accounts: str) -> None:
    """Apply a root as whoever may do everything."""
    succeeds(root.init())
    succeeds(root.apply({each: entry_keys(root.sandbox, each) for each in accounts}))


def converges(root: Applied, account: str) -> Applied:
    """Apply with the apply role; the plan role then sees nothing left to do."""
    succeeds(root.init())
    succeeds(root.apply({account: keys(root.sandbox, account, "orchestrator-apply")}))
    succeeds(root.plan({account: keys(root.sandbox, account, "orchestrator-plan")}))
    return root


def ends(root: Applied, account: str) -> None:
    succeeds(root.destroy({account: keys(root.sandbox, account, "orchestrator-apply")}))


def succeeds(ran: Completed) -> None:
    assert ran.code == 0, f"{ran.stdout[-4000:]}\n{ran.stderr}"


def _roles(account: str, logs: str) -> str:
    stacks = f'"account", "{OWN[account]}"' if account in OWN else '"account"'
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
  depends_on      = [module.runner_roles]
}}
"""
