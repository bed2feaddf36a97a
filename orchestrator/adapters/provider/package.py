"""The provider's program in a folder that `terraform init` has been in."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.files import Remembered
from orchestrator.adapters.terraform import lock_file
from orchestrator.adapters.terraform import lock_file as package_hash

NAME = "hashicorp/aws"
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
PROGRAM = "terraform-provider-aws_v*"


@dataclass(frozen=True, slots=True)
class Package:
    """A provider whose contents the lock file vouches for.

    `address` is its whole name, with the registry; `hash` the lock file's of its contents.
    """

    address: str
    program: Path
    hash: str


class Packages:
    """Finds providers, and hashes each package once: half a second, which Terraform would spend
    on every command. `kept` is where hashes are remembered for the next run.
    """

    def __init__(self, kept: Path) -> None:
        self._hashes: dict[tuple[Path, int, int], str] = {}
        self._remembered = Remembered(kept)
        self._lock = threading.Lock()

    def find(self, folder: Path) -> Package | None:
        """The provider of an initialised folder; None when there is none, or not the locked one.

        What is wrong then is for Terraform to say.
        """
        for registry in REGISTRIES:
            address = f"{registry}/{NAME}"
            if program := _program(folder, address):
                return self._checked(folder, address, program)
        return None

    def _checked(self, folder: Path, address: str, program: Path) -> Package | None:
        lock = folder / lock_file.NAME
        locked = lock_file.read(lock.read_text(), address) if lock.is_file() else None
        found = self._hash(program)
        return Package(address, program, found) if locked and found in locked.hashes else None

    def _hash(self, program: Path) -> str:
        status = program.stat()
        key = (program, status.st_mtime_ns, status.st_size)
        with self._lock:
            if key not in self._hashes:
                folder = program.parent
                files = [path for path in folder.rglob("*") if path.is_file()]
                found = self._remembered.of("h1", files, lambda: package_hash.h1(folder))
                self._hashes[key] = found
            return self._hashes[key]


def _program(folder: Path, address: str) -> Path | None:
    """The one executable; a folder that kept several versions leaves the choice to Terraform."""
    found = (folder / ".terraform/providers" / address).glob(f"*/*/{PROGRAM}")
    programs = [path.resolve() for path in found if os.access(path, os.X_OK)]
    return programs[0] if len(programs) == 1 else None


LEFT_OUT = re.compile(
    r"TF_.*|CHECKPOINT_DISABLE|AWS_CA_BUNDLE|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE"
    r"|AWS_(?:DEFAULT_)?PROFILE|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SE\w+_TOKEN)"
    r"|AWS_ROLE_\w+|AWS_WEB_\w+|AWS_CONTAINER_\w+|PLUGIN_\w+"
)
"""A process serves many accounts, so nothing of one may be in its environment."""

NOWHERE = "/dev/null"

HANDSHAKE = {
    # Source: hashicorp/go-plugin and Terraform's handshake; no secret, but a sign of no accident.
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
}


def of_provider(run: Mapping[str, str]) -> dict[str, str]:
    """The run's endpoints, proxies and certificates, and no credentials.

    The provider refuses a second configuration when AWS_CA_BUNDLE is set ("unable to add custom
    RootCAs HTTPClient"); Go reads the same certificates from SSL_CERT_FILE.
    """
    kept = {name: value for name, value in run.items() if not LEFT_OUT.fullmatch(name)}
    if bundle := run.get("AWS_CA_BUNDLE"):
        kept["SSL_CERT_FILE"] = bundle
    nobody = {"AWS_CONFIG_FILE": NOWHERE, "AWS_SHARED_CREDENTIALS_FILE": NOWHERE}
    return {**kept, **nobody, "AWS_EC2_METADATA_DISABLED": "true"}


def understood(run: Mapping[str, str], system: str) -> bool:
    """Whether a process can be given the run's certificates: Go on macOS asks the keychain."""
    return not (run.get("AWS_CA_BUNDLE") and system == "Darwin")
