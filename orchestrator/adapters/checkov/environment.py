"""checkov's own Python environment: found, or made from the lock file that travels with us.

checkov pins boto3 and several other packages, and is therefore not installed beside them.
`make setup` and the image make the environment inside of ours:

    python -m orchestrator.adapters.checkov.environment
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters import files
from orchestrator.adapters.process import Command, Completed, Ending, Processes
from orchestrator.errors import Interrupted, OrchestratorError, ToolMissing

log = logging.getLogger(__name__)

LOCK = Path(__file__).with_name("requirements.lock")
VARIABLE = "ORCHESTRATOR_CHECKOV"
MARKER = "locked"
"""The file of an environment that says from which lock file it was made, once it is whole."""
SECONDS = 1800.0
PASSED_ON = re.compile(
    r"PATH|HOME|TMPDIR|LANG|LC_[A-Z]+|NETRC|XDG_[A-Z]+_HOME|PIP_\w+"
    r"|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_FILE|SSL_CERT_DIR"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
)
"""What pip needs to reach an index. No credentials of AWS among it."""


@dataclass(frozen=True, slots=True)
class Checkov:
    """An interpreter that can import checkov, and which version it imports."""

    python: Path
    version: str

    def __str__(self) -> str:
        return f"{self.version} ({self.python})"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where checkov is looked for, in the order of `find`, and made if it is in none of them."""

    env: Mapping[str, str]
    processes: Processes
    own: Path = Path(sys.prefix)
    """Our own environment, inside of which set-up makes that of checkov."""
    lock: Path = LOCK

    @property
    def version(self) -> str:
        """The one that the lock file names."""
        found = re.search(r"^checkov==(\S+)", self.lock.read_text("utf-8"), re.MULTILINE)
        if not found:
            raise OrchestratorError(f"{self.lock} does not name checkov", "install us again")
        return found[1]

    @property
    def inside(self) -> Path:
        return self.own / "checkov"

    @property
    def cached(self) -> Path:
        """Environments of other lock files, and of other Pythons, lie beside this one."""
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        name = f"{self.version}-{python}-{_digest(self.lock)[:12]}"
        return files.folder(self.env, "checkov") / name

    def find(self) -> Checkov | None:
        """The one that the caller named; that of set-up; that of an earlier run; on the PATH.

        One that was made from another lock file, or is another version, is not found. Raises
        ToolMissing when the one that the caller named is not to be used.
        """
        if name := self.env.get(VARIABLE):
            return self._named(name)
        for folder in (self.inside, self.cached):
            if self._whole(folder):
                return Checkov(_python(folder), self.version)
        program = shutil.which("checkov", path=self.env.get("PATH", ""))
        found = self._ask(Path(program)) if program else None
        return found if found and found.version == self.version else None

    def ensure(self) -> Checkov:
        """Find it, or make it in the cache. Raises ToolMissing."""
        return self.find() or self.make(self.cached)

    def make(self, folder: Path) -> Checkov:
        """Make `folder` the environment that the lock file describes, unless it is. Raises
        ToolMissing.

        The marker is written last: what was interrupted is begun again by the next.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f"{folder.name}.lock")):
            if not self._whole(folder):
                log.warning("installing checkov %s into %s (a minute, once)", self.version, folder)
                self._install(folder)
        return Checkov(_python(folder), self.version)

    def by_hand(self, folder: Path) -> tuple[str, ...]:
        """The commands that a person would give instead, with an index of their own."""
        python = shlex.quote(str(_python(folder)))
        return (
            f"{shlex.quote(sys.executable)} -m venv --clear {shlex.quote(str(folder))}",
            f"{python} -m pip install --require-hashes -r {shlex.quote(str(self.lock))}",
            f"export {VARIABLE}={python}",
        )

    def _install(self, folder: Path) -> None:
        (folder / MARKER).unlink(missing_ok=True)
        lock = str(self.lock)
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        for argv in (
            (sys.executable, "-m", "venv", "--clear", str(folder)),
            (str(_python(folder)), *pip, "--require-hashes", "-r", lock),
        ):
            self._run(argv, folder)
        (folder / MARKER).write_text(_digest(self.lock), "utf-8")

    def _run(self, argv: tuple[str, ...], folder: Path) -> None:
        passed = {name: value for name, value in self.env.items() if PASSED_ON.fullmatch(name)}
        completed = self.processes.run(Command(argv, folder.parent, passed, timeout=SECONDS))
        if completed.ending is Ending.INTERRUPTED:
            raise Interrupted("the installation of checkov was stopped")
        if completed.code:
            raise ToolMissing(
                f"checkov {self.version} could not be installed into {folder}:\n{_last(completed)}",
                f"let pip reach an index, or make it by hand: {' && '.join(self.by_hand(folder))}",
            )

    def _whole(self, folder: Path) -> bool:
        marker = folder / MARKER
        made = marker.read_text("utf-8") if marker.is_file() else ""
        return made == _digest(self.lock) and os.access(_python(folder), os.X_OK)

    def _named(self, name: str) -> Checkov:
        program = shutil.which(name, path=self.env.get("PATH", ""))
        found = self._ask(Path(program)) if program else None
        if found and found.version == self.version:
            return found
        what = f"has checkov {found.version}" if found else "has no checkov"
        raise ToolMissing(
            f"{VARIABLE}: '{name}' {what}, wanted is {self.version} and Python >= 3.11",
            f"unset {VARIABLE}, or make one: {' && '.join(self.by_hand(self.cached))}",
        )

    def _ask(self, program: Path) -> Checkov | None:
        """Which version a program's interpreter imports; None if that cannot be known."""
        python = _interpreter(program)
        if python is None:
            return None
        argv = (str(python), "-P", "-c", SAY)
        try:
            completed = self.processes.run(Command(argv, Path("/"), {}, timeout=60))
        except ToolMissing:
            return None
        return None if completed.code else Checkov(python, completed.stdout.strip())


SAY = "import importlib.metadata; print(importlib.metadata.version('checkov'))"
"""What `-P` adds is that a Python older than 3.11 refuses it."""


def _interpreter(program: Path) -> Path | None:
    """The program if it is Python itself; otherwise what its first lines have it run by.

    pip writes `#!/bin/sh` and an `exec` when the path is long or has a space in it.
    """
    if program.name.startswith("python"):
        return program
    with program.open("rb") as file:
        head = file.read(1024)
    lines = head.decode("utf-8", "replace").splitlines()[:2]
    if not lines or not lines[0].startswith("#!"):
        return None
    if lines[0] == "#!/bin/sh" and (found := re.match(r"'''exec' (.+) \"\$0\"", lines[-1])):
        words = shlex.split(found[1])
    else:
        words = lines[0].removeprefix("#!").split()
    return Path(words[0]) if words and "python" in Path(words[0]).name else None


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _last(completed: Completed) -> str:
    return "\n".join((completed.stderr or completed.stdout).strip().splitlines()[-5:])


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One process at a time; the others wait until it is made, and find it whole."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make it inside of our own environment."""
    environment = Environment(os.environ, Processes())
    try:
        environment.make(environment.inside)
    except OrchestratorError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
