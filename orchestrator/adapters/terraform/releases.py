"""Which releases of Terraform and of the AWS provider the tests ran with, and which are refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.terraform import download
from orchestrator.adapters.terraform.lock_file import Version
from orchestrator.errors import ToolMissing

TERRAFORM = Version.parse(download.VERSION)
PROVIDER = Version((5, 100, 0))
"""All tests ran with these two."""

SCHEMA = Version((6, 69, 1))
"""The newest release whose published schema has all that the modules use, and does not call it
deprecated. Nothing was applied with it.
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """Releases of the provider that are known to do harm, the first of them and the first after."""

    first: Version
    fixed: Version
    why: str


REFUSED = (
    Refused(
        Version((6, 0, 0)),
        Version((6, 2, 0)),
        "writes empty resource identities into states, or refuses them: 'Unexpected Identity "
        "Change' (terraform-provider-aws issues 43199 and 43213)",
    ),
    Refused(
        Version((6, 14, 0)),
        Version((6, 14, 1)),
        "fails after updates that it has made: 'Missing Resource Identity After Update' "
        "(terraform-provider-aws issue 44366)",
    ),
    Refused(
        # The fix, pull request 47783, was merged when 6.44.0 was out: 6.46.0 is the first release
        # that has it for certain.
        Version((6, 34, 0)),
        Version((6, 46, 0)),
        "waits until a Security Hub policy has reached every account, gives up, and marks the "
        "association for replacement (terraform-provider-aws issue 47727)",
    ),
)


def refusal(provider: Version) -> str:
    """Why this release of the provider must not be used; '' if it may."""
    for refused in REFUSED:
        if refused.first <= provider < refused.fixed:
            return f"AWS provider {provider} {refused.why}"
    return ""


def way_out(lock: Path) -> str:
    """What to do about a refused release that the lock file `lock` names."""
    if lock.with_name("versions.tf").is_file():
        return f"lock a newer release and commit the lock file: cd {lock.parent} && {UPGRADE}"
    return f"take the lock file of the product, which names {PROVIDER}, instead: rm {lock}"


UPGRADE = "terraform init -upgrade -backend=false"


def accept(provider: Version, lock: Path) -> None:
    """Raise ToolMissing if the release of the provider that `lock` names must not be used."""
    if why := refusal(provider):
        raise ToolMissing(why, way_out(lock))


def proof_of_terraform(version: Version) -> str:
    """What speaks for this release of Terraform, in a few words."""
    return "tested" if version == TERRAFORM else f"not tested; {TERRAFORM} is"


def proof_of_provider(version: Version) -> str:
    """What speaks for this release of the provider, in a few words."""
    if version == PROVIDER:
        return "tested"
    if PROVIDER < version <= SCHEMA:
        return f"only checked by the schemas of {PROVIDER} and {SCHEMA}; {PROVIDER} is tested"
    return f"neither tested nor checked; {PROVIDER} is tested, the schema of {SCHEMA} checked"
