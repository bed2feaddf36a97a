"""Every time AWS asks us to slow down, wherever it says so."""

from __future__ import annotations

import itertools
import os
import re
import threading
from pathlib import Path

import psutil

CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Without those that also mean a quota, which waiting does not raise.

Source: AWS SDKs and Tools Reference Guide, "Retry behavior", throttling errors.
"""

WORDS = re.compile(rf"\b(?:{'|'.join(sorted(CODES))})\b|StatusCode: 429\b|\bRate exceeded\b")
"""The same in the words of Terraform's diagnostics."""


GIVING_UP = 10
"""What a command that failed counts for, beside a request that is tried again."""


def is_throttling(text: str) -> bool:
    """Whether an error text says that AWS wants fewer requests."""
    return bool(WORDS.search(text))


class Throttling:
    """Counts. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self, times: int = 1) -> None:
        with self._lock:
            self.count += times

    def gave_up(self) -> None:
        """A whole command failed of it, after all its provider's retries."""
        self.add(GIVING_UP)

    def hear(self, code: str) -> None:
        """An error code of one of our own requests, also of one that is tried again."""
        if code in CODES:
            self.add()


MIB = 1 << 20
STACK = 600 * MIB
"""What one stack more adds while it is applied: Terraform with all schemas, and a provider of its
own. A plan adds 250 MiB.
Source: tests/bench/bench_memory.py, the sample's account stack: apply_stack_mib=577,
plan_stack_mib=249.
"""

RESERVE = 1024 * MIB
"""Left for us, for checkov, and for what all Terraforms and providers share."""

TERRAFORMS = 10
"""Terraform's own -parallelism. Source: Terraform documentation, "terraform apply"."""

REQUESTS = 15
"""Requests at a time that keep one core busy: a request is waiting for AWS most of its time."""

LEAST = 2

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
UNLIMITED = 1 << 60
"""cgroup v1 writes 'no limit' as a number that no machine has."""


class MachineCapacity:
    """See ports.Capacity. A container's limits count as the machine's."""

    def __init__(self, throttling: Throttling) -> None:
        self._throttling = throttling
        self._cores = (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else (os.cpu_count() or 1)
        )
        self._parallelism = TERRAFORMS
        self._at_first = carries(free_memory())

    def width(self, under_way: int) -> int:
        """As many as there are cores and one more, which works while others wait for AWS."""
        more = under_way + carries(free_memory())
        return max(1, min(self._cores + 1, self._at_first, more))

    def use(self, width: int, most: int) -> None:
        self._parallelism = parallelism(width, most, self._cores)

    def parallelism(self) -> int:
        """Terraform's, for a process that starts now."""
        return self._parallelism

    def throttles(self) -> int:
        return self._throttling.count


def parallelism(width: int, most: int, cores: int) -> int:
    """How many requests one Terraform makes at the same time.

    All of them together keep the cores busy, and none makes more than Terraform would by itself.
    Where the width has shrunk because AWS throttles, so do they: limits are an account's.
    """
    each = min(TERRAFORMS, REQUESTS * cores // max(1, most))
    return max(LEAST, each * width // max(1, most))


def carries(free: int) -> int:
    """How many stacks fit into so many bytes of free memory."""
    return max(0, free - RESERVE) // STACK


def free_memory(own: Path = OWN, cgroups: Path = CGROUPS) -> int:
    """Bytes that can still be taken, within the limits of the container if we are in one."""
    return min([int(psutil.virtual_memory().available), *_left(own, cgroups)])


def _left(own: Path, cgroups: Path) -> list[int]:
    """What each cgroup around us has left; none where there are none."""
    try:
        lines = own.read_text("utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            found += _each(cgroups, path, "memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            files = ("memory.limit_in_bytes", "memory.usage_in_bytes")
            found += _each(cgroups / "memory", path, *files)
    return found


def _each(root: Path, path: str, limit: str, usage: str) -> list[int]:
    """In a container the path may be the host's: the root of what is mounted counts, too."""
    folder = root / path.lstrip("/")
    folders = itertools.takewhile(lambda each: each != root.parent, (folder, *folder.parents))
    return [left for each in folders if (left := _within(each, limit, usage)) is not None]


def _within(folder: Path, limit: str, usage: str) -> int | None:
    try:
        most, used = (folder / limit).read_text().strip(), int((folder / usage).read_text())
        given_back = _given_back(folder)
    except (OSError, ValueError):
        return None
    if not most.isdecimal() or int(most) >= UNLIMITED:
        return None
    return max(0, int(most) - used + given_back)


def _given_back(folder: Path) -> int:
    """Files the kernel keeps in memory, and lets go of when it is needed."""
    try:
        pairs = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
        stat = {name: int(number) for name, number in pairs}
    except OSError:
        return 0
    return stat.get("total_inactive_file", stat.get("inactive_file", 0))
