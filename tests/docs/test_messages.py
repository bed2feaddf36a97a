"""Commands that the program itself tells people to run are ones that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT
from tests.docs.test_commands import exists

TOLD = re.compile(
    r"(?:'|: |try |run )orchestrator (?P<line>(?:--[a-z]+ )?[a-z][a-z-]+(?: [a-z][a-z-]+)?)"
)


def told() -> Iterator[tuple[str, str]]:
    """File and words of every text in the code, docstrings included, that names a command."""
    for file in sorted((ROOT / "orchestrator").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for match in TOLD.finditer(node.value):
                    yield str(file.relative_to(ROOT)), match["line"]


def test_every_command_a_message_names_exists() -> None:
    found = list(told())
    unknown = [
        (file, line)
        for file, line in found
        if not exists([word for word in line.split() if not word.startswith("-")])
    ]

    assert unknown == []
    assert len(found) > 20
