"""Terraform's command lines, spelt by python-terraform."""

from __future__ import annotations

import os
from pathlib import Path

from python_terraform import IsFlagged, Terraform

FLAG = IsFlagged

PLAN_FILE = "plan.tfplan"
EMPTY_PLAN_FILE = "empty.tfplan"
MIGRATES = "-migrate-state"


NO_STATE = f"{os.devnull}/none"
"""A file that cannot exist. python-terraform's constructor reads a state, by default the one of
the folder the process happens to stand in, and trips over one it cannot parse."""


def spell(binary: Path, command: str, *arguments: str, **options: object) -> tuple[str, ...]:
    """The argument list of one command; a new instance for each, because it keeps things."""
    speller = Terraform(terraform_bin_path=os.fspath(binary), state=NO_STATE)
    return tuple(speller.generate_cmd_string(command, *arguments, **options))


def init(binary: Path, *, migrate: bool = False, reconfigure: bool = False) -> tuple[str, ...]:
    """`reconfigure` forgets which backend the folder had before, and leaves that one as it is."""
    moving = {"migrate_state": FLAG, "force_copy": FLAG} if migrate else {}
    moving |= {"reconfigure": FLAG} if reconfigure else {}
    return spell(binary, "init", input=False, no_color=FLAG, lockfile="readonly", **moving)


def plan(
    binary: Path,
    *,
    refresh_only: bool = False,
    out: str = PLAN_FILE,
    parallelism: int | None = None,
) -> tuple[str, ...]:
    """No lock: a plan writes no state, and a stale one is refused when it is applied."""
    return spell(
        binary,
        "plan",
        input=False,
        lock=False,
        detailed_exitcode=FLAG,
        json=FLAG,
        refresh_only=FLAG if refresh_only else None,
        parallelism=parallelism,
        out=out,
    )


def show(binary: Path) -> tuple[str, ...]:
    return spell(binary, "show", PLAN_FILE, json=FLAG)


def apply(binary: Path, file: Path, parallelism: int | None = None) -> tuple[str, ...]:
    return spell(
        binary,
        "apply",
        os.fspath(file),
        input=False,
        lock_timeout="60s",
        json=FLAG,
        parallelism=parallelism,
    )


def pull(binary: Path) -> tuple[str, ...]:
    return spell(binary, "state pull")


def push(binary: Path, file: str) -> tuple[str, ...]:
    return spell(binary, "state push", file, lock_timeout="60s")


def untaint(binary: Path, address: str) -> tuple[str, ...]:
    return spell(binary, "untaint", address, lock_timeout="60s", no_color=FLAG)


def writes_state(argv: tuple[str, ...]) -> bool:
    """Whether a command line is one of those that must not be cut off."""
    command = argv[1:]
    return (
        command[0] in ("apply", "untaint")
        or command[:2] == ("state", "push")
        or MIGRATES in command
    )
