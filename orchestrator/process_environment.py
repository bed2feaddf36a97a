"""What the machine, or a file from outside, does to us, told as an error with a way out.

A full disk, a file that is not JSON, an archive that is cut off: none of them is a bug of ours,
wherever it comes up.
"""

from __future__ import annotations

import errno
import gzip
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import Final

from orchestrator.errors import OrchestratorError
from orchestrator.model.exit_code import ExitCode

ROOM: Final = "make room, or name another --work"
WRITABLE: Final = "make it writable, or name another --work"
FIXES: Final[Mapping[int, str]] = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: ROOM,
    errno.EROFS: WRITABLE,
    errno.EACCES: "give yourself the right to it, or name another --work",
    errno.EPERM: "give yourself the right to it, or name another --work",
    errno.EMFILE: "let more files be open: ulimit -n 4096; or work on fewer stacks: --width",
    errno.ENFILE: "let the machine have more files open, or work on fewer stacks: --width",
    errno.EIO: "look at the disk: the machine's log says more; or name another --work",
    errno.ENOMEM: "free memory, or work on fewer stacks: --width",
    errno.EPIPE: "read all that is printed, or send it into a file",
    errno.ENOENT: "put it there, or correct the path",
    errno.ENOTDIR: "something on the path is not a folder: correct the path",
    errno.EISDIR: "it is a folder: name a file",
    errno.ENAMETOOLONG: "use a shorter path: name another --work",
    errno.ELOOP: "symbolic links lead back to themselves: correct them",
    errno.ESTALE: "the network file system has lost it: mount it again",
}
CUT_OFF: Final = "it is damaged, or was cut off: take it from where it came from once more"
NOT_OURS: Final = "it is not what writes such files: find out who made it, and give another"
UNREADABLE: Final = (
    *(json.JSONDecodeError, UnicodeDecodeError, EOFError, zipfile.BadZipFile),
    *(gzip.BadGzipFile, zlib.error, tarfile.TarError),
)
OUTPUT: Final = "the standard output"


class Failed(OrchestratorError):
    """The machine or a file of somebody else's did not do its part."""

    exit_code = ExitCode.CONFIGURATION


def failed(error: BaseException) -> Failed | None:
    """`error` in words with a way out; None for what is not the world's."""
    if isinstance(error, UNREADABLE):
        return Failed(f"{_where(error) or 'a file'}: {_what(error)}", CUT_OFF)
    if isinstance(error, RecursionError | ValueError) and _from_json(error):
        what = "is nested too deeply" if isinstance(error, RecursionError) else _what(error)
        return Failed(f"{_where(error) or 'a file'}: {what}", NOT_OURS)
    if isinstance(error, MemoryError):
        return Failed("the machine: not enough memory", FIXES[errno.ENOMEM])
    if isinstance(error, OSError):
        said = error.strerror or str(error) or type(error).__name__
        fix = FIXES.get(error.errno or 0, "look at what the machine says of it, and try again")
        return Failed(f"{_named(error)}: {said}", fix)
    return None


def _from_json(error: BaseException) -> bool:
    """Whether it was JSON that went wrong, and no code of ours."""
    frames = [str(frame.f_globals.get("__name__", "")) for frame, _ in walk_tb(error.__traceback__)]
    return bool(frames) and frames[-1].partition(".")[0] == "json"


def _named(error: OSError) -> str:
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return " to ".join(names) or _where(error) or "the machine"


def _where(error: BaseException) -> str:
    """The file that was at hand: what is written or read into a file does not name it itself."""
    return next(iter(reversed([*_files(error)])), "")


def _files(error: BaseException) -> Iterator[str]:
    for frame, _ in walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module == "click.utils" and frame.f_code.co_name == "echo":
            yield OUTPUT
        for name in ("self", "file", "path", "to", "out"):
            found = frame.f_locals.get(name)
            if isinstance(found, Path):
                yield str(found)


def _what(error: BaseException) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} in line {error.lineno}"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8: byte {error.start}"
    if isinstance(error, EOFError):
        return "ends too early"
    return f"cannot be read: {error}"
