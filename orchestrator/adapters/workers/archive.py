"""The files that a run is about, as one archive: the same to the byte from the same files."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from orchestrator.errors import UsageError

NOT_PACKED = frozenset({".terraform", "__pycache__", ".git"})
LARGEST = 64 * 1024 * 1024
"""Bytes; a project is text. More is a mistake, or made by somebody."""


def packed(root: Path, parts: Sequence[str]) -> bytes:
    """What of the project at `root` decides what is done: `parts` are names of files and folders.

    Raises UsageError if it is too large.
    """
    out = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for part in sorted(parts):
            for file in sorted(_files(root / part)):
                _add(archive, file, file.relative_to(root).as_posix())
    content = out.getvalue()
    if len(content) > LARGEST:
        raise UsageError(
            f"the project is {len(content)} bytes, most are {LARGEST}",
            f"keep nothing else in {', '.join(parts)}",
        )
    return content


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def unpacked(content: bytes, folder: Path) -> Path:
    """The archive's files in a folder named by their digest, whole or not at all."""
    place = folder / digest(content)
    if place.is_dir():
        return place
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = Path(mkdtemp(dir=folder, prefix=".unpacking-"))
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            archive.extractall(part, filter="data")
        part.rename(place)
    except (OSError, tarfile.TarError) as error:
        rmtree(part, ignore_errors=True)
        if place.is_dir():  # another worker of this machine was faster
            return place
        raise UsageError(f"{place}: the run's files cannot be unpacked: {error}") from error
    return place


def _files(folder: Path) -> list[Path]:
    """Symbolic links are followed: what they point at is what counts."""
    if folder.is_file():
        return [folder]
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in NOT_PACKED or ".tfstate" in path.name:
            continue
        found += _files(path) if path.is_dir() else [path]
    return found


def _add(archive: tarfile.TarFile, file: Path, name: str) -> None:
    content = file.read_bytes()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))
