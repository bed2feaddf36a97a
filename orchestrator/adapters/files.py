"""Files that are there whole or not at all, and for the owner alone; and many in one archive.

The archive is the same to the byte when it is made of the same files.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from shutil import rmtree
from tempfile import mkdtemp

from orchestrator.errors import UsageError
from orchestrator.model.plan import ModuleFiles, Plan, Rendering

PART = ".part"
"""How a file ends that is not whole yet."""


def write(file: Path, content: str | bytes) -> None:
    """Replace `file` in one step; folders that are missing are made. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replace(file, content.encode() if isinstance(content, str) else content, 0o600)


def _replace(file: Path, content: bytes, mode: int) -> None:
    handle, part = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(part).chmod(mode)
        Path(part).replace(file)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def folder(env: Mapping[str, str], of: str) -> Path:
    home = Path(env.get("HOME") or Path.home())
    return Path(env.get("XDG_CACHE_HOME") or home / ".cache") / "orchestrator" / of


class Remembered:
    """Answers in a folder of the owner's alone, a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, question: str, files: Iterable[Path], find_out: Callable[[], str]) -> str:
        """What was found out the last time, or is now. An empty answer is not kept."""
        kept = self._folder / sha256(f"{question}\n{_stamps(files)}".encode()).hexdigest()
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if answer := kept.read_text("utf-8"):
                return answer
        answer = find_out()
        if answer:
            with contextlib.suppress(OSError):
                write(kept, answer)
        return answer


def _stamps(files: Iterable[Path]) -> str:
    """What the system says of each file, and of what it is a link to."""
    return "\n".join(sorted(_stamp(file.resolve()) for file in files))


def _stamp(file: Path) -> str:
    seen = file.stat()
    return (
        f"{file} {seen.st_dev} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}"
    )


TERRAFORMS_OWN = frozenset(
    {
        ".terraform",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        ".terraform.tfstate.lock.info",
        "errored.tfstate",
    }
)
"""Never removed: a local state may be all there is, and `errored.tfstate` is the only copy of a
state that could not be written to its bucket."""


class BuildFolders:
    """The stacks' folders below one build folder."""

    def __init__(self, build: Path) -> None:
        self.build = build
        self._brought: dict[str, ModuleFiles] = {}
        self._lock = threading.Lock()

    def write(self, rendering: Rendering) -> Path:
        """See ports.Folders. Saved plans go too: they belong to an earlier rendering."""
        folder = self.build / rendering.key.folder
        folder.mkdir(parents=True, exist_ok=True)
        texts = ((name, text.encode()) for name, text in rendering.files)
        files = (*texts, *rendering.binaries)
        wanted = {folder / _inside(name): content for name, content in files}
        _remove_others(folder, frozenset(wanted))
        for path, content in wanted.items():
            _write(path, content)
        with self._lock:
            for module in rendering.modules:
                self._bring(module)
        return folder

    def _bring(self, module: ModuleFiles) -> None:
        """Copy a module beside the roots, once for all that call it: nothing outside of the build
        folder is needed to read, plan or review what is in it.
        """
        if self._brought.get(module.folder) is module:
            return
        folder = self.build / _inside(module.folder)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {folder / _inside(name): file for name, file in module.files}
        _remove_others(folder, frozenset(wanted))
        for path, file in wanted.items():
            _write(path, file.read_bytes())
        self._brought[module.folder] = module

    def discard(self, plan: Plan) -> None:
        for path in (plan.json_file, *plan.folder.glob("*.tfplan")):
            path.unlink(missing_ok=True)


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"a rendered file must stay in its folder: '{name}'")
    return path


def _remove_others(folder: Path, wanted: frozenset[Path]) -> None:
    """What Terraform keeps in the folder itself stays."""
    for path in folder.iterdir():
        if path.name not in TERRAFORMS_OWN:
            _remove(path, wanted)


def _remove(path: Path, wanted: frozenset[Path]) -> None:
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _remove(inner, wanted)
        if not any(path.iterdir()):
            path.rmdir()
    elif path not in wanted:
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    """Replace the file in one step, and only if it differs: `make` and editors watch the times."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content, 0o644)


NOT_PACKED = frozenset({".terraform", "__pycache__", ".git"})
LARGEST = 64 * 1024 * 1024
"""Bytes; a project is text. More is a mistake, or an attack."""


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
            _measured(archive)
            archive.extractall(part, filter="data")
        part.rename(place)
    except (OSError, tarfile.TarError) as error:
        rmtree(part, ignore_errors=True)
        if place.is_dir():  # another worker of this machine was faster
            return place
        raise UsageError(f"{place}: the run's files cannot be unpacked: {error}") from error
    return place


MOST_BYTES, MOST_FILES = 1 << 30, 100_000
"""Of an archive, unpacked. One of 2,000 accounts has a tenth of it."""


def _measured(archive: tarfile.TarFile) -> None:
    """Raises TarError if it would unpack to more than is allowed; writes nothing."""
    size = 0
    for number, entry in enumerate(archive, 1):
        size += entry.size
        if size > MOST_BYTES or number > MOST_FILES:
            raise tarfile.TarError(f"more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB")


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
