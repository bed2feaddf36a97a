"""The hashes by which a lock file knows a provider package."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


def h1(package: Path) -> str:
    """The hash of a package's contents, the same for a folder and for the zip of it.

    SHA-256, in base64, over one line a file: its SHA-256 in hex, two spaces, its name.
    Source: Go module golang.org/x/mod/sumdb/dirhash, Hash1, which Terraform uses.
    """
    lines = sorted((name, f"{digest}  {name}\n") for name, digest in _contents(package))
    total = hashlib.sha256("".join(line for _, line in lines).encode()).digest()
    return f"h1:{base64.b64encode(total).decode()}"


def _contents(package: Path) -> Iterator[tuple[str, str]]:
    if package.is_dir():
        for path in package.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                yield path.relative_to(package).as_posix(), digest
        return
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            total = hashlib.sha256()
            with archive.open(name) as member:
                while chunk := member.read(1 << 20):
                    total.update(chunk)
            yield name, total.hexdigest()


NUMBERS = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Ordered by its numbers; a pre-release is older than its release."""

    numbers: tuple[int, int, int]
    released: bool = True
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> Version | None:
        match = NUMBERS.fullmatch(text.strip())
        if not match:
            return None
        major, minor, patch, suffix, _ = match.groups()
        return cls((int(major), int(minor), int(patch)), suffix is None, suffix or "")

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + self.suffix


NAME = ".terraform.lock.hcl"
PROVIDER = "registry.terraform.io/hashicorp/aws"
BLOCK = re.compile(r'provider "([^"]+)" \{\n(.*?)\n\}', re.DOTALL)
VERSION = re.compile(r'^\s*version\s*=\s*"([^"]+)"', re.MULTILINE)
HASH = re.compile(r'"((?:h1|zh):[^"]+)"')


@dataclass(frozen=True, slots=True)
class Locked:
    """The one version of a provider that may be used.

    `zh` hashes are of the packages as released, `h1` of their contents: an unpacked mirror can
    only be checked against the latter.
    """

    version: Version
    hashes: frozenset[str]


def read(text: str, provider: str = PROVIDER) -> Locked | None:
    """What the lock file says of `provider`; None when it does not lock it."""
    for address, body in BLOCK.findall(text):
        version = VERSION.search(body)
        parsed = Version.parse(version[1]) if version else None
        if address == provider and parsed:
            return Locked(parsed, frozenset(HASH.findall(body)))
    return None
