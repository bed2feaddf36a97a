"""The one writer of YAML: every reader reads the same, even where AWS lets people write anything.

Text is plain only where YAML 1.1, YAML 1.2 and every editor agree that it is text: a word that
begins with a letter and is none of theirs. All else is in double quotes: ids, addresses, dates,
whatever begins with a sign or a digit, and 'no'.
Sources: YAML 1.2.2, 10.3 "Core Schema"; YAML 1.1 types "bool", "float", "int", "timestamp".
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*(\.[A-Za-z0-9_/-]+)*")
WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"})
"""In any capitals."""
WIDTH: Final = 10**9
"""A value is never broken into lines."""


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, _: Any) -> bool:
        """The reader knows no aliases."""
        return True

    def check_simple_key(self) -> bool:
        """A key stands before its colon, however long: 128 characters are this writer's limit."""
        return bool(super().check_simple_key()) or isinstance(self.event, yaml.ScalarEvent)


def _text(writer: _Writer, value: str) -> yaml.ScalarNode:
    plain = PLAIN.fullmatch(value) and value.lower() not in WORDS
    return writer.represent_scalar("tag:yaml.org,2002:str", value, None if plain else '"')


_Writer.add_representer(str, _text)
_Writer.add_multi_representer(str, _text)


def written(value: object) -> str:
    """`value` in lines, keys in their order, what people write as they wrote it."""
    text: str = yaml.dump(
        value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH, indent=2
    )
    return text


def inline(value: object) -> str:
    """`value` in one line, all of it ASCII and in quotes, for the middle of a text."""
    text: str = yaml.dump(
        value,
        Dumper=_Writer,
        sort_keys=False,
        default_style='"',
        default_flow_style=True,
        width=WIDTH,
    )
    return text.strip()
