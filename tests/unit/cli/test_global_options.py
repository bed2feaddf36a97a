"""What all commands know may stand before or after the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from orchestrator.cli.main import cli


def parsed(*words: str) -> tuple[dict[str, Any], list[str]]:
    """What is set for all commands, and what is left for the command itself."""
    context = cli.make_context("orchestrator", list(words))
    _, _, left = cli.resolve_command(context, [*context._protected_args, *context.args])
    return context.params, left


@pytest.mark.parametrize(
    "words",
    [
        ("--sandbox", "plan", "all", "--no-cache"),
        ("plan", "--sandbox", "all", "--no-cache"),
        ("plan", "all", "--no-cache", "--sandbox"),
    ],
)
def test_the_sandbox_is_meant_wherever_it_is_named(words: tuple[str, ...]) -> None:
    params, left = parsed(*words)

    assert params["sandboxed"] is True
    assert left == ["all", "--no-cache"]


def test_flags_counts_and_values_are_taken_from_behind_the_command(tmp_path: Path) -> None:
    where = str(tmp_path)
    params, left = parsed("drift", "all", "-v", "--reader", "--no-gateway", "--work", where)

    assert (params["verbose"], params["reader"], params["warm"]) == (1, True, False)
    assert params["work"] == tmp_path
    assert left == ["all"]
    assert parsed("drift", "all", f"--work={where}")[0]["work"] == tmp_path


def test_what_a_command_calls_so_itself_stays_its_own() -> None:
    params, left = parsed(
        "logs", "siem-setup", "--reader", "arn:aws:iam::200000000002:role/x", "-v"
    )

    assert (params["reader"], params["verbose"]) == (False, 1)
    assert left == ["siem-setup", "--reader", "arn:aws:iam::200000000002:role/x"]


def test_the_value_of_an_option_is_never_taken_for_an_option() -> None:
    params, left = parsed("apply", "all", "--reason", "--sandbox", "--yes")

    assert params["sandboxed"] is False
    assert left == ["all", "--reason", "--sandbox", "--yes"]


def test_a_value_that_is_missing_or_wrong_is_told_as_before_the_command() -> None:
    with pytest.raises(click.BadOptionUsage, match="'--project' requires an argument"):
        parsed("plan", "all", "--project")
    with pytest.raises(click.BadParameter, match="does not exist"):
        parsed("plan", "all", "--project", "/no/such/folder")


def test_what_follows_two_dashes_is_taken_as_it_is() -> None:
    params, left = parsed("plan", "--", "--sandbox")

    assert (params["sandboxed"], left) == (False, ["--", "--sandbox"])


def test_a_format_may_stand_before_the_command_and_the_one_behind_it_counts() -> None:
    assert parsed("--format", "json", "plan", "all")[1] == ["all", "--format", "json"]
    assert parsed("--format", "json", "remediation", "list")[1] == ["list", "--format", "json"]
    assert parsed("--format", "json", "plan", "--format", "text")[1] == ["--format", "text"]
    with pytest.raises(click.UsageError, match="'orchestrator doctor' has no --format"):
        parsed("--format", "json", "doctor")
