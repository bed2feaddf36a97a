"""Tags that AWS would refuse only when everything else has been done.

Source: AWS General Reference, "Tag naming limits and requirements".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from orchestrator.config.documents import Json
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

ALLOWED = re.compile(r"[\w.:/=+@-]*")
r"""And whatever Unicode calls a separator: \p{L}\p{Z}\p{N}_.:/=+-@ is how AWS writes it."""
MAX_KEY, MAX_VALUE = 128, 256
OURS = "managed-by"


def check_tags(sources: Sources) -> Iterator[Problem]:
    """Tags' keys and values."""
    for document in sources.layers():
        for key, value in document.mapping("tags").items():
            for what, fix in _faults(key, value):
                line = document.line(("tags", key))
                yield Problem(document.file, line, "tags", what, fix)


def _faults(key: str, value: Json) -> Iterator[tuple[str, str]]:
    if key.lower().startswith("aws:"):
        yield f"AWS keeps tags like '{key}' to itself", "use a key that does not begin with 'aws:'"
    if key == OURS:
        yield f"'{key}' is set on every resource already", "remove it"
    if len(key) > MAX_KEY:
        yield f"a key is {len(key)} characters long", f"use {MAX_KEY} at most"
    if isinstance(value, str) and len(value) > MAX_VALUE:
        yield f"the value of '{key}' is {len(value)} characters long", f"use {MAX_VALUE} at most"
    if not all(map(_allowed, (key, value if isinstance(value, str) else ""))):
        fix = "use letters, digits, spaces and the characters _.:/=+-@"
        yield f"the tag '{key}' holds a character that AWS refuses", fix


def _allowed(text: str) -> bool:
    return all(ALLOWED.fullmatch(c) or unicodedata.category(c).startswith("Z") for c in text)
