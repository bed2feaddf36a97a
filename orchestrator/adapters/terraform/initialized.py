"""Whether a folder is as `terraform init` left it, and would be left again.

`init` costs half a second or more, because it hashes the provider. It is skipped when everything
it reads is the same, and everything it wrote is still there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from orchestrator.adapters.terraform import packages

DATA = ".terraform"
RECORD = "orchestrator-init-key"
PLACE = ("bucket", "key", "region")
"""What says where the S3 backend keeps a state; all else says how."""
LOCAL_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"(\.\.?/[^"]*)"')


def key(folder: Path, *others: str) -> str:
    """SHA-256 over the root's and its modules' files, the lock file and `others`."""
    total = hashlib.sha256()
    for text in others:
        _add(total, text.encode())
    for path in _sources(folder):
        _add(total, os.path.relpath(path, folder).encode())
        _add(total, path.read_bytes())
    return total.hexdigest()


def _add(total: hashlib._Hash, part: bytes) -> None:
    total.update(len(part).to_bytes(8, "big"))
    total.update(part)


def _sources(folder: Path) -> Iterator[Path]:
    """Every file that can name a module, a provider or a backend, local modules included."""
    waiting, seen = [folder.resolve()], set[Path]()
    lock = folder.resolve() / packages.LOCK_FILE
    if lock.is_file():
        yield lock
    while waiting:
        module = waiting.pop()
        if module in seen or not module.is_dir():
            continue
        seen.add(module)
        for path in sorted(p for p in module.iterdir() if p.name.endswith((".tf", ".tf.json"))):
            yield path
            called = LOCAL_SOURCE.findall(path.read_text("utf-8", "replace"))
            waiting.extend((module / source).resolve() for source in called)


def holds(folder: Path, wanted: str) -> bool:
    """Whether the folder was initialised for `wanted` and nothing was lost since."""
    return _record(folder) == (wanted, _tree(folder))


def is_there(folder: Path) -> bool:
    return os.path.lexists(folder / DATA)


def may_clean(folder: Path, reason: str) -> bool:
    """Whether an `init` that failed for `reason` may be tried again from nothing.

    Not when Terraform complains about the backend: `.terraform` knows where the state was until
    now, and without it the next plan would be made against an empty one. Unless that record
    cannot be read anyway.
    """
    record = folder / DATA / "terraform.tfstate"
    if not record.exists():
        return True
    try:
        json.loads(record.read_text())
    except (OSError, ValueError):
        return True
    return "backend" not in reason.lower()


def keeps_its_place(folder: Path) -> bool:
    """Whether the root's state lies where it lay at the last `init`, however it is kept there.

    Terraform asks to move the state whenever anything about the backend is new, also the key that
    encrypts it; with the same bucket and path there is nothing to move.
    Source: Terraform, "Backend Configuration", "Change configuration".
    """
    try:
        record = json.loads((folder / DATA / "terraform.tfstate").read_text())["backend"]
        root = (folder / "backend.tf").read_text("utf-8")
        before = (record["type"], *(record["config"][name] for name in PLACE))
    except (OSError, ValueError, KeyError, TypeError):
        return False
    written = (re.search(rf'(?m)^\s*{name}\s*=\s*"([^"]*)"', root) for name in PLACE)
    kind = re.search(r'backend\s+"([^"]+)"', root)
    now = (kind, *written)
    return before == tuple(found[1] if found else None for found in now)


def put_local_state_aside(folder: Path) -> Path | None:
    """Give a state that was left beside the backend's another name; None when there is none.

    Terraform would ask whether to move it there, over the one that is in force.
    """
    local = folder / "terraform.tfstate"
    return local.rename(folder / "terraform.tfstate.left") if local.is_file() else None


def complete(folder: Path) -> bool:
    """Whether our `init` came to its end here and nothing was lost since."""
    record = _record(folder)
    return record is not None and record[1] == _tree(folder)


def remember(folder: Path, done: str) -> None:
    (folder / DATA).mkdir(exist_ok=True)
    record = json.dumps({"key": done, "tree": _tree(folder)})
    part = folder / DATA / f"{RECORD}.part"
    part.write_text(record)
    part.replace(folder / DATA / RECORD)


def forget(folder: Path) -> None:
    """Say that the folder is being initialised: whatever breaks off, it is not complete."""
    with suppress(FileNotFoundError, NotADirectoryError):
        (folder / DATA / RECORD).unlink()


def clean(folder: Path) -> None:
    """Remove what `init` wrote. No state is kept there, only the record of the backend."""
    data = folder / DATA
    if data.is_symlink() or data.is_file():
        data.unlink()
    else:
        shutil.rmtree(data, ignore_errors=True)


def _record(folder: Path) -> tuple[str, str] | None:
    try:
        record = json.loads((folder / DATA / RECORD).read_text())
        return str(record["key"]), str(record["tree"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _tree(folder: Path) -> str:
    """SHA-256 over names, sizes and links below `.terraform`; links are followed once, because
    the provider is a link into its mirror.
    """
    data = folder / DATA
    lines = []
    for root, folders, files in os.walk(data):
        for name in (*folders, *files):
            path = Path(root, name)
            if name.startswith(RECORD):
                continue
            lines.append(f"{path.relative_to(data)} {_entry(path)}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _entry(path: Path) -> str:
    if path.is_symlink():
        inside = sorted(p.name for p in path.iterdir()) if path.is_dir() else "lost"
        return f"-> {path.readlink()} {inside}"
    return "folder" if path.is_dir() else str(path.stat().st_size)
