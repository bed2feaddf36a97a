"""The provider's program in a folder that `terraform init` has been in."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.remembered import Remembered
from orchestrator.adapters.terraform import lock_file, package_hash

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
