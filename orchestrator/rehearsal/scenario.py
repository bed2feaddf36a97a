"""What is to be rehearsed: how many accounts, which faults, and when the program is killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from signal import Signals
from typing import Any

from orchestrator.config.yaml import parse
from orchestrator.errors import ConfigurationError
from orchestrator.model.yaml_text import written
from orchestrator.sandbox.fleet import Fleet, FleetAccount

LIGHT_TEMPLATE = Path(__file__).with_name("light.tf.j2")


class Weight(StrEnum):
    """How much there is in every account's stack."""

    LIGHT = "light"
    FULL = "full"


WHAT: Mapping[Weight, str] = {
    Weight.LIGHT: (
        "light: the roles, the S3 public access block and the password policy, in the home region; "
        "log archive, organization and security are the project's own"
    ),
    Weight.FULL: "full: every stack as the project has it",
}
"""For the report: what was rolled out."""

HEAVY = ("regions", "config_recorder", "baseline")
"""Settings of which the light stack makes nothing, or only what organization.yaml says."""


def lighten(project: Path) -> None:
    """Turn a copied project into one whose account stacks are light, and declare no more.

    What is not rolled out must not be declared either: verify would miss it.
    """
    _replace_account_stack(project / "overrides")
    configs = project / "account_configs"
    _edit(configs / "organization.yaml", _light_organization)
    for file in sorted((configs / "ous").rglob("*.yaml")):
        _edit(file, _without_heavy)


def _replace_account_stack(overrides: Path) -> None:
    """By an override of the whole template. Modules that the replaced blocks call are named in it:
    what nothing calls would count as a mistake.
    """
    account = overrides / "terraform" / "account"
    shutil.rmtree(account, ignore_errors=True)
    account.mkdir(parents=True)
    own = (folder.name for folder in sorted((overrides / "modules").glob("*/")))
    named = "".join(f'{{# "{name}" | module #}}' for name in own)
    text = LIGHT_TEMPLATE.read_text("utf-8")
    (account / "main.tf.j2").write_text(f"{named}\n{text}" if named else text, "utf-8")


def _edit(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    text = file.read_text(encoding="utf-8")
    modeline = text.partition("\n")[0]
    document, problems = parse(text, file)
    if document is None or problems:
        raise ConfigurationError(problems)
    before = repr(document.value)
    change(document.value)
    if repr(document.value) != before:
        file.write_text(f"{modeline}\n{written(document.value)}", encoding="utf-8")


def _light_organization(content: dict[str, Any]) -> None:
    home = content["organization"]["home_region"]
    content["regions"] = {home: True}
    content["config_recorder"] = {"enabled": False}
    content["baseline"] = {**content.get("baseline", {}), "ebs_encryption": False, "imdsv2": False}
    locked = content.get("locked", {})
    content["locked"] = {key: reason for key, reason in locked.items() if not key.startswith(HEAVY)}


def _without_heavy(content: dict[str, Any]) -> None:
    for key in HEAVY:
        content.pop(key, None)


BREAKING = "iam:UpdateAccountPasswordPolicy:deny:1"
"""A call that every account's stack makes, and that a broken account refuses."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scenario:
    """`throttle` and `errors` are shares of all requests, from 0 to 1; `kills` are seconds from the
    start of an attempt, one for each attempt. `words` are handed on to `apply all`.
    """

    accounts: int
    weight: Weight = Weight.LIGHT
    throttle: float = 0.0
    errors: float = 0.0
    broken: int = 0
    kills: tuple[float, ...] = ()
    signal: Signals = Signals.SIGKILL
    memory: int = 4096 * MIB
    seed: int = 0
    words: tuple[str, ...] = field(default=())

    def faults(self) -> tuple[str, ...]:
        """What is put into every request, in the words of `sandbox start --fault`."""
        wanted = ((self.throttle, "throttle"), (self.errors, "error"))
        return tuple(f"*:*:{kind}:{rate:g}" for rate, kind in wanted if rate)

    def breaking(self, broken: Sequence[FleetAccount]) -> tuple[str, ...]:
        """What keeps the stacks of broken accounts from being applied."""
        return tuple(f"{account.id}@{BREAKING}" for account in broken)


def broken_accounts(fleet: Fleet, count: int) -> tuple[FleetAccount, ...]:
    """`count` accounts, spread evenly; those that were added to the fleet, if they are enough."""
    generated = [a for a in fleet.accounts if a.id.startswith("3000")]
    others = [a for a in fleet.accounts if a.id != fleet.management_id]
    among = generated if len(generated) >= count else others
    step = max(1, len(among) // count) if count else 1
    return tuple(among[step // 2 :: step][:count])
