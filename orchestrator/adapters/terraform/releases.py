"""Releases of Terraform and of the AWS provider: which the tests ran with, and which are refused.

The pinned release of Terraform is fetched once, and checked before it is unpacked.
"""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from orchestrator.adapters import files
from orchestrator.adapters.terraform.packages import Version
from orchestrator.errors import ToolMissing

VERSION = "1.11.4"
SHA256 = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}
"""Source: terraform_1.11.4_SHA256SUMS of the release."""

RELEASES = "https://releases.hashicorp.com/terraform"
VARIABLE = "ORCHESTRATOR_TERRAFORM_RELEASES"
"""A mirror of the releases; the checksums stay the same."""

SECONDS = 60.0
CHUNK = 1 << 20
FIX = (
    "put Terraform >= 1.10 on the PATH, or name it in ORCHESTRATOR_TERRAFORM, "
    f"or name a mirror of its releases in {VARIABLE}"
)


def cache(env: Mapping[str, str]) -> Path:
    """Where downloads are kept."""
    return files.folder(env, "terraform")


def cached(env: Mapping[str, str]) -> Path | None:
    """The program of an earlier download."""
    program = cache(env) / VERSION / "terraform"
    return program if os.access(program, os.X_OK) else None


def fetch(env: Mapping[str, str], platform: str, checksums: Mapping[str, str] = SHA256) -> Path:
    """Download, check and unpack the release, and return the program. Raises ToolMissing.

    Everything happens beside the final place; the program appears there whole or not at all.
    """
    if platform not in checksums:
        raise ToolMissing(f"no Terraform {VERSION} is pinned for {platform}", FIX)
    url = f"{env.get(VARIABLE) or RELEASES}/{VERSION}/terraform_{VERSION}_{platform}.zip"
    folder = cache(env) / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".part-") as temporary:
        archive = Path(temporary, "terraform.zip")
        found = _download(url, archive)
        if found != checksums[platform]:
            raise ToolMissing(
                f"{url}: SHA-256 is '{found}', must be '{checksums[platform]}'; not unpacked", FIX
            )
        program = _unpack(archive, Path(temporary), url)
        return program.replace(folder / "terraform")


def _download(url: str, to: Path) -> str:
    """Write the file and return its SHA-256."""
    if not url.startswith(("https://", "http://")):
        raise ToolMissing(f"'{url}' is not an http or https address", FIX)
    total = hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer, to.open("wb") as file:  # noqa: S310  checked above
            while chunk := answer.read(CHUNK):
                total.update(chunk)
                file.write(chunk)
    except (OSError, HTTPException) as error:
        raise ToolMissing(
            f"Terraform {VERSION} cannot be downloaded: {url}: {error}", FIX
        ) from error
    return total.hexdigest()


def _unpack(archive: Path, into: Path, url: str) -> Path:
    program = into / "terraform"
    try:
        with zipfile.ZipFile(archive) as opened:
            program.write_bytes(opened.read("terraform"))
    except (zipfile.BadZipFile, KeyError) as error:
        raise ToolMissing(f"{url}: no Terraform in it: {error}", FIX) from error
    program.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    return program


SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def this_platform() -> str:
    """'linux_amd64', 'darwin_arm64', …"""
    system, machine = platform.system(), platform.machine().lower()
    return f"{SYSTEMS.get(system, system.lower())}_{MACHINES.get(machine, machine)}"


TERRAFORM = Version.parse(VERSION)
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
