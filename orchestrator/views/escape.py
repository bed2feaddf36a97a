"""Values are data: what an account is called can never become markup."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def markdown(value: str) -> str:
    """`value` on one line, with every character that Markdown or HTML could take for markup
    escaped.
    """
    return (
        _MARKUP.sub(r"\\\1", " ".join(value.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")
    )
