"""A Terraform root of a test, run with the real binary and the real provider in the sandbox.

root = TerraformRoot(tmp_path, sandbox, BACKEND + CODE)
assert root.init().code == 0
assert root.apply().code == 0
assert root.plan().code == 0  # 2 when something would change
assert root.destroy().code == 0
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.toolchain import FIXED, terraform
from orchestrator.sandbox.client import ENTRY_ROLE, Sandbox
from tests import gateway

VARIABLES = ("TF_PLUGIN_MIRROR", "ORCHESTRATOR_PROVIDER_MIRROR", "TF_PLUGIN_MIRROR_DIR")
ROOTS = tuple(map(Path, ("/usr/local/share", "/opt", "/usr/share", "/usr/lib", "/var/lib")))
PROVIDER = "registry.terraform.io/hashicorp/aws"

LOCKED = packages.read_lock(
    (Path(__file__).parents[2] / "terraform" / packages.LOCK_FILE).read_text()
)
VERSIONS = f"""
terraform {{
  required_version = ">= 1.10, < 2.0"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{LOCKED.version if LOCKED else "not locked"}"
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a Terraform command ended. `plan` ends with 0 for no change and 2 for some."""

    code: int
    output: str

    def __bool__(self) -> bool:
        return self.code == 0


@dataclass(frozen=True, slots=True)
class TerraformRoot:
    """A folder with `code` in it, and the sandbox it is applied to.

    `profiles` maps a profile's name, as provider and backend blocks use it, to an account and a
    role in it; the account alone means its entry role. Without profiles the environment's
    administrator of the management account acts.
    """

    folder: Path
    sandbox: Sandbox
    code: str
    profiles: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def init(self) -> Outcome:
        self.write(self.code)
        return self.run("init")

    def apply(self) -> Outcome:
        return self.run("apply", "-auto-approve")

    def plan(self) -> Outcome:
        return self.run("plan", "-detailed-exitcode")

    def destroy(self) -> Outcome:
        return self.run("apply", "-destroy", "-auto-approve")

    def cycle(self) -> Iterator[tuple[str, Outcome]]:
        """What every resource type must survive; each step with how it ended."""
        for step in (self.init, self.apply, self.plan, self.destroy):
            yield step.__name__, step()

    def write(self, code: str) -> None:
        """Make `code` the root, as for an update in place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "main.tf").write_text(VERSIONS + code)

    def run(self, *arguments: str) -> Outcome:
        """Any Terraform command, with its whole output."""
        program = str(terraform(os.environ, Processes()).path)
        color = () if arguments[0] == "state" else ("-no-color",)
        with gateway.served(self.folder, self.environment(), arguments[0]) as env:
            done = subprocess.run(
                [program, *arguments, *color],
                cwd=self.folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def environment(self) -> dict[str, str]:
        caller = {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR") if k in os.environ}
        fixed = {
            **FIXED,
            "TF_CLI_CONFIG_FILE": str(_cli_config(self.folder)),
            **{f"TF_VAR_{name}": value for name, value in self.variables.items()},
        }
        return {**caller, **self.sandbox.environment, **fixed, **self._profile_files()}

    def _profile_files(self) -> dict[str, str]:
        if not self.profiles:
            return {}
        file = self.folder / ".credentials"
        lines = [self._profile(name, target) for name, target in self.profiles.items()]
        file.write_text("\n".join(lines))
        return {
            "AWS_SHARED_CREDENTIALS_FILE": str(file),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
        }

    def _profile(self, name: str, target: str | tuple[str, str]) -> str:
        account_id, role = (target, ENTRY_ROLE) if isinstance(target, str) else target
        keys = self.sandbox.session(account_id, role).get_credentials()
        assert keys is not None
        return (
            f"[{name}]\naws_access_key_id={keys.access_key}\n"
            f"aws_secret_access_key={keys.secret_key}\naws_session_token={keys.token}\n"
        )


def mirror() -> Path | None:
    """A folder to install the provider from; None means the registry."""
    named = (Path(os.environ[name]) for name in VARIABLES if os.environ.get(name))
    patterns = (PROVIDER, f"*/{PROVIDER}", f"*/*/{PROVIDER}")
    found = (path for root in ROOTS for pattern in patterns for path in sorted(root.glob(pattern)))
    return next(chain(named, (path.parents[2] for path in found)), None)


def _cli_config(folder: Path) -> Path:
    file = folder / "terraform.tfrc"
    path = mirror()
    installed = f'filesystem_mirror {{\n    path = "{path}"\n  }}' if path else "direct {}"
    file.write_text(f"provider_installation {{\n  {installed}\n}}\n")
    return file
