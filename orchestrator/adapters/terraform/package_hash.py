"""The hashes by which a lock file knows a provider package."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path


def h1(package: Path) -> str:
    """The hash of a package's contents, the same for a folder and for the zip of it.

    SHA-256, in base64, over one line a file: its SHA-256 in hex, two spaces, its name.
    Source: Go module golang.org/x/mod/sumdb/dirhash, Hash1, which Terraform uses.
    """
    lines = sorted((name, f"{digest}  {name}\n") for name, digest in _contents(package))
    total = hashlib.sha256("".join(line for _, line in lines).encode()).digest()
    return f"h1:{base64.b64encode(total).decode()}"


def zh(package: Path) -> str:
    """The hash of a zip as it was released."""
    with package.open("rb") as file:
        return f"zh:{hashlib.file_digest(file, 'sha256').hexdigest()}"


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
