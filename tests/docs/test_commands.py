"""Every command a reader may copy is one that exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from orchestrator.cli.main import cli
from tests.docs.pages import ROOT, Command, all_commands, pages, prose

SHELL = frozenset(
    {"cd", "cp", "docker", "export", "git", "mkdir", "terraform", "aws", "jq", "pip", "python3"}
)
"""Commands that are not ours, and not checked."""

INLINE = re.compile(r"`orchestrator(?P<line>( [^`\s]+)+)`")


def ours(name: str) -> list[Command]:
    found = [command for command in all_commands() if Path(command.words[0]).name == name]
    assert found, f"the documentation never shows '{name}'"
    return found


def test_no_page_shows_a_command_that_nobody_checks() -> None:
    checked = SHELL | {"orchestrator", "make", "nox", "pre-commit"}
    unknown = [str(c) for c in all_commands() if Path(c.words[0]).name not in checked]

    assert unknown == []


@pytest.mark.parametrize("command", ours("orchestrator"), ids=str)
def test_every_orchestrator_command_line_parses(command: Command) -> None:
    parse(command.words[1:])


@pytest.mark.parametrize("command", ours("make"), ids=str)
def test_every_make_target_exists(command: Command) -> None:
    targets = {word for word in command.words[1:] if "=" not in word}

    assert targets <= make_targets()


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_in_a_sentence_exists(page: Path) -> None:
    unknown = []
    for match in INLINE.finditer(prose(page)):
        words = [word for word in match["line"].split() if not word.startswith(("-", "…"))]
        if words and not exists(words):
            unknown.append(match[0])

    assert unknown == []


def exists(words: list[str]) -> bool:
    """Whether the words name a command, and below a group one of its commands."""
    command: click.Command | None = cli
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command is not None


def parse(arguments: tuple[str, ...]) -> None:
    """Let click read the command line to its end without carrying it out."""
    command: click.Command = cli
    context = None
    rest = list(arguments)
    try:
        while True:
            context = command.make_context(command.name, rest, parent=context)
            if not isinstance(command, click.Group):
                return
            _, found, rest = command.resolve_command(
                context, [*context._protected_args, *context.args]
            )
            assert found is not None
            command = found
    except click.exceptions.Exit:
        return  # --help and --version end the line
    except click.ClickException as error:
        pytest.fail(f"{' '.join(arguments)}: {error.format_message()}", pytrace=False)


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    sessions = re.findall(r"^SESSIONS := (.*)$", text, re.MULTILINE)
    return set(" ".join([*phony, *sessions]).split()) - {"$(SESSIONS)"}


def test_every_chore_of_the_noxfile_is_a_make_target() -> None:
    sessions = re.findall(r"^@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text(), re.M)

    assert set(sessions) == make_targets() - {"help", "setup", "clean"}
