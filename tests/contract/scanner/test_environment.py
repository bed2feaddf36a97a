"""checkov's environment, made for real of a package that only looks like checkov."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator.adapters import machine
from orchestrator.adapters.checkov.environment import LOCK, VARIABLE, Checkov, Environment
from orchestrator.adapters.process import Command, Completed, Ending, Processes
from orchestrator.errors import ToolMissing
from orchestrator.model.preflight import Readiness

NAME = "checkov-9.9.9-py3-none-any.whl"
INFO = "checkov-9.9.9.dist-info"
FILES = {
    "checkov/__init__.py": "def main():\n    print('9.9.9')\n",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: checkov\nVersion: 9.9.9\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\ncheckov = checkov:main\n",
}


@dataclass(frozen=True, slots=True)
class Index:
    """A folder with one package, and a lock file that names it."""

    lock: Path
    env: dict[str, str]

    def environment(self, folder: Path, **env: str) -> Environment:
        """With a home, and an own environment, in `folder`."""
        home = {"HOME": str(folder), "PATH": os.defpath}
        return Environment({**home, **self.env, **env}, Processes(), folder / "own", self.lock)


def a_wheel(file: Path) -> str:
    """Write it, and return its SHA-256."""
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in FILES.items())
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**FILES, f"{INFO}/RECORD": f"{record}{INFO}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    digest = a_wheel(folder / NAME)
    lock = folder / "requirements.lock"
    lock.write_text(f"checkov==9.9.9 \\\n    --hash=sha256:{digest}\n")
    return Index(lock, {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)})


@pytest.fixture(scope="module")
def made(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """One in the cache of a home, as the first use makes it."""
    environment = index.environment(tmp_path_factory.mktemp("home"))
    environment.ensure()
    return environment


def test_the_first_use_makes_it_in_the_cache_and_the_next_finds_it(made: Environment) -> None:
    python = made.cached / "bin" / "python"

    said = subprocess.run(
        [str(python), "-c", "import checkov; checkov.main()"], capture_output=True, check=True
    )

    assert said.stdout == b"9.9.9\n"
    assert made.find() == Checkov(python, "9.9.9")
    assert replace(made, processes=Refusing()).ensure() == Checkov(python, "9.9.9")


def test_what_set_up_has_made_inside_of_ours_comes_before_the_cache(made: Environment) -> None:
    own = made.cached.parent / "ours"
    shutil.copytree(made.cached, own / "checkov", symlinks=True)

    found = replace(made, own=own).find()

    assert found == Checkov(own / "checkov" / "bin" / "python", "9.9.9")


def test_one_of_another_lock_file_is_not_found(made: Environment, tmp_path: Path) -> None:
    other = tmp_path / "requirements.lock"
    other.write_text(made.lock.read_text() + "# and what it needs\n")
    own = tmp_path / "own"
    shutil.copytree(made.cached, own / "checkov", symlinks=True)

    assert replace(made, own=own, lock=other).find() is None


def test_one_that_was_not_finished_is_not_found(made: Environment, tmp_path: Path) -> None:
    shutil.copytree(made.cached, tmp_path / "checkov", symlinks=True)
    (tmp_path / "checkov" / "locked").unlink()

    assert replace(made, own=tmp_path, env={"HOME": str(tmp_path)}).find() is None


@pytest.mark.parametrize("program", ["python", "checkov"])
def test_the_one_that_is_named_comes_first(made: Environment, tmp_path: Path, program: str) -> None:
    named = made.cached / "bin" / program

    found = replace(made, env={VARIABLE: str(named), "HOME": str(tmp_path)}).find()

    assert found is not None
    assert (found.python.parent, found.version) == (made.cached / "bin", "9.9.9")


def test_one_on_the_path_serves_a_machine_that_has_made_none(
    made: Environment, tmp_path: Path
) -> None:
    on_path = {"PATH": str(made.cached / "bin"), "HOME": str(tmp_path)}

    found = replace(made, env=on_path).find()

    assert found is not None
    assert found.python.parent == made.cached / "bin"


def test_another_version_on_the_path_is_left_aside_and_refused_when_it_is_named(
    made: Environment, tmp_path: Path
) -> None:
    program = str(made.cached / "bin" / "checkov")
    younger = tmp_path / "requirements.lock"
    younger.write_text(made.lock.read_text().replace("9.9.9", "10.0.0"))
    home = {"HOME": str(tmp_path), "PATH": str(Path(program).parent)}

    assert replace(made, lock=younger, env=home).find() is None
    with pytest.raises(ToolMissing, match=r"has checkov 9\.9\.9, wanted is 10\.0\.0"):
        replace(made, lock=younger, env={**home, VARIABLE: program}).find()


@pytest.mark.parametrize(
    "head",
    [
        "#!{python}\n",
        "#!{python} -E\n",
        "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n",
        "#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\n",
    ],
)
def test_a_program_is_asked_through_the_python_that_runs_it(
    made: Environment, tmp_path: Path, head: str
) -> None:
    python = made.cached / "bin" / "python"
    program = tmp_path / "checkov"
    program.write_text(head.format(python=python))
    program.chmod(0o755)

    found = replace(made, env={VARIABLE: str(program)}).find()

    assert found == Checkov(python, "9.9.9")


@pytest.mark.parametrize("head", ["", "#!/bin/sh\nexec checkov\n", "#!/nowhere/python3\n", "\x7f"])
def test_a_program_that_no_python_runs_is_refused(
    made: Environment, tmp_path: Path, head: str
) -> None:
    program = tmp_path / "checkov"
    program.write_text(head)
    program.chmod(0o755)

    with pytest.raises(ToolMissing, match=f"{VARIABLE}: '.*' has no checkov"):
        replace(made, env={VARIABLE: str(program)}).find()


def test_a_package_with_another_digest_is_not_installed_and_the_fix_makes_what_is_used(
    index: Index, tmp_path: Path
) -> None:
    wrong = tmp_path / "requirements.lock"
    wrong.write_text(f"checkov==9.9.9 --hash=sha256:{'0' * 64}\n")
    environment = index.environment(tmp_path)

    with pytest.raises(ToolMissing, match="DO NOT MATCH THE HASHES") as refused:
        replace(environment, lock=wrong).ensure()

    assert replace(environment, lock=wrong).find() is None
    shutil.copy(index.lock, wrong)
    _, _, commands = refused.value.fix.partition("by hand: ")
    said = subprocess.run(
        ["/bin/sh", "-euc", f'{commands} && echo "${VARIABLE}"'],
        env=dict(environment.env),
        capture_output=True,
        text=True,
        check=True,
    )
    named = said.stdout.splitlines()[-1]
    found = replace(environment, env={VARIABLE: named}).find()
    assert found == Checkov(Path(named), "9.9.9")


class Refusing(Processes):
    """No process is wanted; without a network none would help."""

    def run(self, command: Command, on_line: object = None) -> Completed:
        return Completed(command.argv, 1, "", "no network", 0.0, 0.0, Ending.EXITED)


def test_without_an_index_the_error_says_what_to_do(index: Index, tmp_path: Path) -> None:
    environment = replace(index.environment(tmp_path), processes=Refusing())

    with pytest.raises(ToolMissing, match=r"(?s)checkov 9\.9\.9 could not .*no network") as refused:
        environment.ensure()

    assert "pip install --require-hashes -r" in refused.value.fix
    assert VARIABLE in refused.value.fix


def test_doctor_says_which_is_used_or_that_one_will_be_made(
    made: Environment, index: Index, tmp_path: Path
) -> None:
    found = machine.checkov(made)
    later = machine.checkov(index.environment(tmp_path))
    wrong = machine.checkov(index.environment(tmp_path, **{VARIABLE: "/bin/true"}))

    assert (found.presence, found.found) == (Readiness.OK, f"9.9.9 ({made.cached}/bin/python)")
    assert later.presence is Readiness.NOTE
    assert "9.9.9 will be installed into" in later.found
    assert wrong.presence is Readiness.MISSING
    assert VARIABLE in wrong.fix


def test_our_own_lock_file_names_checkov_and_a_digest_for_everything() -> None:
    lines = LOCK.read_text().splitlines()
    names = [at for at, line in enumerate(lines) if "==" in line]

    assert Environment({}, Processes()).version
    assert [lines[at] for at in names if "--hash=sha256:" not in lines[at + 1]] == []
