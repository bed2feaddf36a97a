"""Where this process runs, as far as other processes can see it."""

from __future__ import annotations

import os
import socket
from hashlib import sha256
from pathlib import Path

import psutil

from orchestrator.model.lease import Lease

BOOT, NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def place() -> str:
    """The same for all processes that see each other's numbers, and for no others.

    Without /proc it is this process's own: then a lease is waited out.
    """
    try:
        text = f"{BOOT.read_text().strip()} {NAMESPACE.readlink()}"
    except OSError:
        text = f"{os.getpid()} {psutil.Process().create_time()}"
    return sha256(f"{socket.gethostname()} {text}".encode()).hexdigest()[:16]


def alive(lease: Lease) -> bool:
    """Whether the holder is still there. A younger process has only got its number."""
    try:
        process = psutil.Process(lease.pid)
        gone = process.status() == psutil.STATUS_ZOMBIE
        return not gone and process.create_time() <= lease.since.timestamp() + 1
    except psutil.Error:
        return False
