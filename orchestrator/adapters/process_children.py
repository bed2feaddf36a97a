"""Long-lived children that never outlive us, however we end.

They share a process group whose leader is a shell that reads from a pipe only we hold. When we
stop, crash or are killed, the pipe ends; the shell then removes the group's folder and kills the
group, itself included. No thread, no timer and nothing of one system's alone is needed for it.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

import psutil

from orchestrator.errors import ToolMissing

WATCH = 'read -r _; rm -rf -- "$1"; kill -KILL 0'
SHELL = {"PATH": "/usr/bin:/bin"}
PATIENCE = 10.0
"""Seconds a killed process may take to be gone."""

LONGEST = 60
"""Characters of the folder: a socket's whole path has room for 104 on some systems."""


class ChildProcesses:
    """A group of children, and a folder of the owner's alone that goes when they go."""

    def __init__(self) -> None:
        self.folder = _private()
        self._children: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._leader = _popen(
            ("/bin/sh", "-c", WATCH, "companions", str(self.folder)), SHELL, 0, subprocess.PIPE
        )

    def start(self, argv: Sequence[str], env: Mapping[str, str]) -> ChildProcess:
        """Start a child whose whole environment is `env`. Raises ToolMissing."""
        with self._lock:
            self._children = [child for child in self._children if child.poll() is None]
            child = _popen(argv, env, self._leader.pid, subprocess.DEVNULL)
            self._children.append(child)
        return ChildProcess(child)

    def stop(self) -> None:
        """Kill the group, wait until all of it is gone, and remove the folder."""
        with self._lock:
            if self._leader.stdin:
                self._leader.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._leader.wait(PATIENCE)
            for child in (self._leader, *self._children):
                _end(child)
        shutil.rmtree(self.folder, ignore_errors=True)


class ChildProcess:
    """One child."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self.pid = child.pid

    @property
    def output(self) -> IO[bytes]:
        """Its standard output."""
        if self._child.stdout is None:
            raise ValueError("a child's output is always a pipe")
        return self._child.stdout

    @property
    def alive(self) -> bool:
        """A process that was killed cannot be asked how it ended before its last thread is gone,
        but does nothing any more.
        """
        if self._child.poll() is not None:
            return False
        try:
            return psutil.Process(self._child.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def kill(self) -> None:
        """End it at once; it has nothing to bring to an end."""
        _end(self._child)


def _private() -> Path:
    """A folder that only its owner may enter, with a name short enough for sockets in it."""
    folder = Path(mkdtemp(prefix="orchestrator-"))
    if len(str(folder)) <= LONGEST:
        return folder
    folder.rmdir()
    return Path(mkdtemp(prefix="orchestrator-", dir="/tmp"))


def _popen(
    argv: Sequence[str], env: Mapping[str, str], group: int, stdin: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv,
            cwd="/",
            env=dict(env),
            stdin=stdin,
            stdout=subprocess.PIPE if group else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=group,
            umask=0o077,
        )
    except OSError as error:
        raise ToolMissing(f"'{argv[0]}' cannot be started: {error}") from error


def _end(child: subprocess.Popen[bytes]) -> None:
    """Also where the group's leader, which would have done it, was killed."""
    child.kill()
    child.wait(PATIENCE)
    if child.stdout:
        child.stdout.close()
