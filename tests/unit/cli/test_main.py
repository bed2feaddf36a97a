"""The first word of a command line waits for no command."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from orchestrator.cli.main import COMMANDS, cli

IMPORTED = """
import sys
from orchestrator.cli.main import run
run(["--help"])
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_as_it_says_of_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert command
    assert command.get_short_help_str(1000) == COMMANDS[name].help


def test_the_list_of_commands_imports_none_of_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )

    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    imported = set(done.stderr.split())
    assert not imported & {
        f"orchestrator.cli.{each.place.partition(':')[0]}" for each in COMMANDS.values()
    }
    assert not imported & {"boto3", "botocore", "jinja2", "yaml", "grpc"}


WITHOUT_EXTRAS = """
import importlib, sys
from orchestrator.cli.main import COMMANDS

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"moto", "policy_sentry", "regex", "werkzeug", "flask"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
for each in COMMANDS.values():
    importlib.import_module(f"orchestrator.cli.{each.place.partition(':')[0]}")
"""
"""Imports each command as an installation without the extra `sandbox` would."""


def test_no_command_needs_the_packages_of_the_sandbox_to_start() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
