"""Starting, finding and stopping a sandbox, and what is known of one that runs, in its home folder.

Commands read it, so it imports nothing of the extra `sandbox`.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from orchestrator.errors import OrchestratorError, ToolMissing
from orchestrator.model.preflight import INSTALL_SANDBOX
from orchestrator.sandbox import delays
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.faults import parse
from orchestrator.sandbox.fleet import Fleet
from orchestrator.sealed import NO_FILES

FILE = "sandbox.json"
FLEET = "fleet.json"
LOG = "server.log"
DOMAIN = "aws.test"


@dataclass(frozen=True, slots=True)
class State:
    """`environment` makes any process talk to the sandbox."""

    pid: int
    port: int
    environment: Mapping[str, str]

    def write(self, home: Path) -> None:
        """Written whole or not at all, and only for our eyes: it holds a key."""
        draft = home / f"{FILE}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(home / FILE)


def read(home: Path) -> State | None:
    """The state in `home`; None when there is none, or it cannot be read."""
    try:
        raw = json.loads((home / FILE).read_text(encoding="utf-8"))
        return State(int(raw["pid"]), int(raw["port"]), dict(raw["environment"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def environment(port: int, key_id: str, secret: str, region: str) -> dict[str, str]:
    """The variables that lead to the sandbox.

    As the HTTP proxy it is reached under every name below its domain: buckets and S3 Control
    put theirs in front of it. In both spellings, and with no exceptions: a proxy of the caller's
    own must not get in the way.
    """
    proxy = f"http://127.0.0.1:{port}"
    return {
        **NO_FILES,
        "AWS_ENDPOINT_URL": f"http://{DOMAIN}:{port}",
        "HTTP_PROXY": proxy,
        "http_proxy": proxy,
        "NO_PROXY": "",
        "no_proxy": "",
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        # Python's SDK reads this one only.
        "AWS_DEFAULT_REGION": region,
    }


PATIENCE = 60.0
"""Seconds to wait for a server to come up; on an idle machine it takes three."""


GRACE = 5.0
"""Seconds from SIGTERM to SIGKILL."""

MOTO: Mapping[str, str] = {
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_EVENTS_INVOKE_HTTP": "true",
    # Whoever gets no credentials from us must not find any on the machine.
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Switches that moto reads when it is imported."""


PACKAGES = ("moto", "policy_sentry", "regex")
"""What the extra `sandbox` in pyproject.toml installs, by the names that are imported."""


class SandboxFailed(OrchestratorError):
    """The sandbox's process did not come up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox is started; the words are those of the server's options."""

    port: int = 0
    faults: Sequence[str] = ()
    seed: int = 0
    journal_bytes: int = 64 * 1024 * 1024
    delays: Sequence[str] = ()
    failing: Sequence[str] = ()

    def options(self) -> list[str]:
        """For the server's command line. Raises UsageError for what cannot be read."""
        options = [f"--seed={self.seed}", f"--journal-bytes={self.journal_bytes}"]
        options += [f"--fault={parse(fault)}" for fault in self.faults]
        delays.seconds(self.delays)
        options += [f"--delay={delay}" for delay in self.delays]
        options += [f"--fail={delays.failure(failing)}" for failing in self.failing]
        return options


def start(home: Path, fleet: Fleet, settings: Settings | None = None) -> State:
    """Start a sandbox in `home`, or find the one that runs there.

    Raises SandboxFailed, and ToolMissing where its packages are not installed.
    """
    require_packages()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        running = status(home)
        if running:
            return running
        _clean(home)
        (home / FLEET).write_text(fleet.to_json(), encoding="utf-8")
        process = _launch(home, settings or Settings())
        return _await(home, process)


def require_packages() -> None:
    """Raise ToolMissing if a package of the extra `sandbox` is missing; names all of them."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(name.replace("_", "-") for name in missing)
        raise ToolMissing(
            f"the sandbox needs packages that are not installed: {names}", INSTALL_SANDBOX
        )


def status(home: Path) -> State | None:
    """The sandbox that runs in `home`. A process that died, or is another by now, is none."""
    found = read(home)
    return found if found and healthy(found) else None


def stop(home: Path) -> bool:
    """End the sandbox in `home` and remove its state; whether one was running."""
    found = status(home)
    if found:
        _terminate(found.pid)
    _clean(home)
    return found is not None


@contextlib.contextmanager
def running(home: Path, fleet: Fleet, settings: Settings | None = None) -> Iterator[Sandbox]:
    """A sandbox for as long as the context lasts."""
    found = start(home, fleet, settings)
    try:
        yield Sandbox(found.port, found.environment, home)
    finally:
        stop(home)


def healthy(found: State) -> bool:
    """Whether the process answers, and is the one that wrote the state."""
    connection = HTTPConnection("127.0.0.1", found.port, timeout=5)
    try:
        connection.request("GET", "/_sandbox/health")
        answer: object = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(answer, dict) and answer.get("pid") == found.pid


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two starts at the same time become one sandbox."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _launch(home: Path, settings: Settings) -> subprocess.Popen[bytes]:
    """The port is ours before the process is there: moto wants to know it from the beginning."""
    module = "orchestrator.sandbox.server"
    with _listener(settings.port) as listener, (home / LOG).open("wb") as log:
        argv = [sys.executable, "-m", module, f"--home={home.resolve()}"]
        return subprocess.Popen(
            [*argv, f"--fd={listener.fileno()}", *settings.options()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(listener.getsockname()[1]),
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=1024)
    except OSError as error:
        raise SandboxFailed(f"port {port}: {error}", "choose another --port") from error


def _environment(port: int) -> Mapping[str, str]:
    """Nothing of AWS or of a proxy leaks into the server: it must never reach the real one."""
    leaky = ("AWS_", "MOTO_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(leaky)}
    packages = str(Path(__file__).parents[2])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (packages, kept.get("PYTHONPATH"))))
    return {**kept, **NO_FILES, **MOTO, "MOTO_PORT": str(port)}


def _await(home: Path, process: subprocess.Popen[bytes]) -> State:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        found = read(home)
        if found and found.pid == process.pid and healthy(found):
            return found
        time.sleep(0.05)
    process.kill()
    process.wait()
    words = (home / LOG).read_text(encoding="utf-8", errors="replace").strip()[-2000:]
    raise SandboxFailed(f"the sandbox did not start\n{words}", f"see {home / LOG}")


def _terminate(pid: int) -> None:
    """Ask it to end; after a while, end it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline:
            if not _alive(pid):
                return
            time.sleep(0.01)


def _alive(pid: int) -> bool:
    """A process that has ended, but that nobody has asked about yet, is not alive."""
    with contextlib.suppress(ChildProcessError):
        # Of a child the first thread may be gone, and the others not: its end tells of all.
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return True


def _clean(home: Path) -> None:
    """The request log of the last sandbox stays until the next one starts."""
    for name in (FILE, FLEET):
        (home / name).unlink(missing_ok=True)
    shutil.rmtree(home / "lambda", ignore_errors=True)
