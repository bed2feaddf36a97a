"""This machine, in the words of Terraform's releases."""

from __future__ import annotations

import platform

SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def this_platform() -> str:
    """'linux_amd64', 'darwin_arm64', …"""
    system, machine = platform.system(), platform.machine().lower()
    return f"{SYSTEMS.get(system, system.lower())}_{MACHINES.get(machine, machine)}"
