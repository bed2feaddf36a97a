"""A full disk, a file that is not JSON, an archive cut off: told with a path and a way out."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.model.exit_code import ExitCode
from orchestrator.model.run import Outcome, StackResult
from orchestrator.process_environment import failed
from orchestrator.stages.attempts import attempt
from tests.builders import a_key

ROOT = Path(__file__).parents[2]


def raised(work: Callable[[], object]) -> Exception:
    try:
        work()
    except Exception as error:  # noqa: BLE001  whatever it is, it is looked at
        return error
    raise AssertionError("nothing was raised")


def an_os_error(number: int) -> Callable[[], object]:
    def work() -> None:
        raise OSError(number, os.strerror(number), "/project/.build/plan.json")

    return work


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "make room, or name another --work"),
        (errno.EDQUOT, "make room, or name another --work"),
        (errno.EROFS, "make it writable, or name another --work"),
        (errno.EACCES, "give yourself the right"),
        (errno.EMFILE, "ulimit -n 4096"),
        (errno.EIO, "look at the disk"),
        (errno.ESTALE, "mount it again"),
        (errno.EDEADLK, "look at what the machine says"),
    ],
)
def test_what_the_machine_refuses_is_told_with_its_path(number: int, fix: str) -> None:
    found = failed(raised(an_os_error(number)))

    assert found is not None
    assert found.message == f"/project/.build/plan.json: {os.strerror(number)}"
    assert fix in found.fix
    assert found.exit_code == ExitCode.CONFIGURATION


def test_a_write_that_fails_names_the_file_though_the_system_does_not() -> None:
    error = raised(lambda: Path("/dev/full").write_text("x" * 100_000, "utf-8"))

    assert isinstance(error, OSError)
    assert error.filename is None
    assert str(failed(error)).startswith("/dev/full: No space left on device")


def a_file(folder: Path, content: bytes) -> Path:
    file = folder / "given"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("content", "read", "says"),
    [
        (b"not json", lambda file: json.loads(file.read_text()), "is not JSON"),
        (b"\xff\xfe", lambda file: file.read_text("utf-8"), "is not UTF-8"),
        (b"PK\x03\x04", zipfile.ZipFile, "cannot be read: File is not a zip"),
        (
            b"nothing",
            lambda file: gzip.decompress(file.read_bytes()),
            "cannot be read: Not a gzipped file",
        ),
        (
            gzip.compress(b"x" * 99, mtime=0)[:-9],
            lambda file: gzip.decompress(file.read_bytes()),
            "ends too early",
        ),
    ],
)
def test_a_file_from_outside_that_is_damaged_is_no_bug_of_ours(
    content: bytes, read: Callable[[Path], object], says: str, tmp_path: Path
) -> None:
    file = a_file(tmp_path, content)

    found = failed(raised(lambda: read(file)))

    assert found is not None
    assert says in found.message
    assert found.fix


def test_our_own_mistakes_stay_bugs() -> None:
    assert failed(KeyError("x")) is None
    assert failed(ValueError("x")) is None
    assert failed(AssertionError()) is None


def test_a_stack_that_meets_a_full_disk_says_so_and_what_helps() -> None:
    result = attempt(a_key(), "plan", an_os_error(errno.ENOSPC))

    assert isinstance(result, StackResult)
    assert result.outcome is Outcome.FAILED
    assert result.reason == (
        "plan: /project/.build/plan.json: No space left on device\n"
        "  fix: make room, or name another --work"
    )


def ended(*words: str, **given: object) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "orchestrator", *words]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        argv, cwd=ROOT, text=True, stderr=subprocess.PIPE, check=False, **given
    )


def test_output_that_cannot_be_written_is_not_called_a_bug() -> None:
    with Path("/dev/full").open("w") as full:
        found = ended("list", "all", stdout=full)

    assert found.returncode == ExitCode.CONFIGURATION
    assert found.stderr == (
        "error: the standard output: No space left on device\n"
        "  fix: make room, or name another --work\n"
    )


def test_a_folder_that_is_none_is_not_called_a_bug(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file", "utf-8")

    found = ended("--work", str(tmp_path / "work" / "in"), "render", "orders-dev")

    assert found.returncode == ExitCode.CONFIGURATION
    assert "bug of ours" not in found.stderr
    assert str(tmp_path / "work") in found.stderr


@pytest.mark.parametrize(
    ("text", "what"),
    [("[" * 100_000, "is nested too deeply"), ("9" * 5_000, "cannot be read: Exceeds the limit")],
    ids=["deep", "digits"],
)
def test_json_that_was_made_to_do_harm_is_no_bug_of_ours(text: str, what: str) -> None:
    found = failed(raised(lambda: json.loads(text)))

    assert found is not None
    assert what in found.message


def test_too_deep_a_recursion_of_our_own_is_a_bug_of_ours() -> None:
    def endless() -> None:
        endless()

    assert failed(raised(endless)) is None
    assert failed(raised(lambda: int("9" * 5_000))) is None
