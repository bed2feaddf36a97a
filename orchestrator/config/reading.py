"""A file's bytes to a Document, or to the reasons why not."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from orchestrator.config.composing import Composer, TooDeep
from orchestrator.config.documents import Document
from orchestrator.errors import Problem

MAX_BYTES = 1 << 20
LEADING_TAB = re.compile(r"^ *\t", re.MULTILINE)
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, which is about ten times as fast."""


def read(file: Path, shown: Path) -> tuple[Document | None, list[Problem]]:
    """Read `file`, called `shown` in messages. The Document is None if it is not YAML at all."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
        return None, [Problem(shown, 0, "", why, "check the file's permissions")]
    if len(content) > MAX_BYTES:
        return None, [Problem(shown, 0, "", "is larger than 1 MiB", "split it, or remove it")]
    try:
        return parse(content.decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Problem(shown, line, "", "is not UTF-8", "save the file as UTF-8")]


def parse(text: str, shown: Path) -> tuple[Document | None, list[Problem]]:
    """Read the text of a file, called `shown` in messages."""
    if tab := LEADING_TAB.search(text):
        line = text.count("\n", 0, tab.end()) + 1
        return None, [Problem(shown, line, "", "a tab indents the line", "indent with spaces")]
    composer = Composer(shown, yaml.parse(text, Loader=PARSER))
    try:
        value = composer.document()
    except yaml.YAMLError as error:
        return None, [*composer.problems, _syntax(error, text, shown)]
    except TooDeep:
        return None, composer.problems
    if value is None:
        return None, composer.problems
    return Document(shown, value, composer.lines), composer.problems


def _syntax(error: yaml.YAMLError, text: str, shown: Path) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        fix = "correct the indentation, or quote the text if it holds ': ' or ' #'"
        if "unexpected end of stream" in str(error.problem):
            fix = "close the quote that was opened above, or finish what was begun there"
        return Problem(shown, line, "", f"is not YAML: {error.problem}", fix)
    line = text.count("\n", 0, getattr(error, "position", 0)) + 1
    return Problem(shown, line, "", "holds a control character", "remove it")
