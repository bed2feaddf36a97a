"""Every command that a message names as a remedy is one that there is, with options it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from orchestrator.cli.main import COMMANDS, cli

PACKAGE = Path(__file__).parents[2] / "orchestrator"
CALLED = re.compile(r"(?<![\w/.-])orchestrator (?=[a-z-])([^;,`'\n]*)")
FOREIGN = re.compile(
    r"(?<![\w/.-])(terraform (?:providers|state|force-unlock) ?[a-z]*|"
    r"git (?:fetch|fsck|config|checkout|pull|stash)|"
    r"aws [a-z0-9]+ [a-z-]+|ulimit -n)"
)
MENTIONED = re.compile(r"orchestrator (?!import)|terraform |git |aws |ulimit ")
"""In any file that names a command, however its text is put together."""
PLACEHOLDER = "X"

ELSEWHERE = {
    "aws sso login": "asks a person in a browser; the text is proven by tests of credentials",
    "aws configure list-profiles": "AWS's own tool, which is not among ours; it only lists",
    "aws organizations list-accounts": "AWS's own tool, which is not among ours; it only lists",
    "aws organizations enable-all-features": "changes an organization for good: its owner's to run",
    "aws organizations detach-policy": "AWS's own tool; its call is made by tests of policies",
    "aws securityhub disable-organization-admin-account": (
        "AWS's own tool; its call is made by tests of policies, and the next apply goes on"
    ),
    "aws account enable-region": "AWS's own tool; what it asks is asked by a test of preflight",
    "aws kms cancel-key-deletion": "AWS's own tool; whether a key is kept is its owner's to say",
    "aws kms delete-alias": "AWS's own tool; whether an alias is left over is its owner's to say",
    "aws kms enable-key": "AWS's own tool; whether a key is used again is its owner's to say",
    "aws securityhub get-findings": "AWS's own tool: how a file that is asked for is made",
    "aws securityhub start-configuration-policy-association": (
        "AWS's own tool; what it asks is asked by a test of associations that failed"
    ),
    "git config": "says who somebody is; run by tests of branches as an option of git",
    "git fetch": "run by tests of `affected`, in each kind of checkout",
    "git fsck": "looks at a repository that is damaged, and repairs nothing",
    "terraform providers lock": "needs the registry; run by hand when a provider is upgraded",
    "terraform providers mirror": "needs the registry; run where the mirror is made",
    "ulimit -n": "a shell's own; needs a hard limit that allows it",
}
"""What is not a command of ours, and why it is not run here."""


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every text with its place, of the package's files that may name a command."""
    found: list[tuple[str, str]] = []
    for file in sorted(PACKAGE.rglob("*.py")):
        code = file.read_text("utf-8")
        if not {"sandbox", "demo"} & set(file.parts) and MENTIONED.search(code):
            found += ((f"{file.name}:{line}", text) for line, text in texts_of(code))
    return tuple(found)


def texts_of(code: str) -> Iterator[tuple[int, str]]:
    """Every text with its line; what is filled in stands as a placeholder."""
    nodes = list(ast.walk(ast.parse(code)))
    inner = {
        id(value)
        for node in nodes
        if isinstance(node, ast.JoinedStr | ast.Expr)
        for value in (node.values if isinstance(node, ast.JoinedStr) else [node.value])
    }
    for node in nodes:
        if id(node) in inner:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (
                str(each.value) if isinstance(each, ast.Constant) else PLACEHOLDER
                for each in node.values
            )
            yield node.lineno, "".join(parts)


REMEDIES = sorted(
    {
        (place, found[1].strip().rstrip('.:)"'))
        for place, text in texts()
        for found in CALLED.finditer(text)
        if found[1].split()[0] in COMMANDS
    }
)


def test_there_are_remedies_to_look_at() -> None:
    assert len(REMEDIES) > 30


@pytest.mark.parametrize(("place", "words"), REMEDIES)
def test_a_command_that_is_named_is_there_with_its_options(place: str, words: str) -> None:
    command: click.Command = cli
    rest = [word.strip("'\"") for word in re.split(r"\s+", words)]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        with click.Context(command) as context:
            found = command.get_command(context, rest[0])
        assert found is not None, f"{place}: there is no 'orchestrator {words}'"
        command, rest = found, rest[1:]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    options = [word for word in rest if re.fullmatch(r"--[a-z][a-z-]*", word)]

    assert set(options) <= known, f"{place}: 'orchestrator {words}' has no {options}"


def test_every_command_of_others_is_run_by_a_test_or_has_a_reason_why_not() -> None:
    named = {found[1].strip() for _, text in texts() for found in FOREIGN.finditer(text)}

    assert {name for name in named if not name.startswith(tuple(ELSEWHERE))} == set()
