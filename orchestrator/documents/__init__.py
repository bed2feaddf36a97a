"""Runs, events and journals as JSON: shape, schema, writer and reader, each from one description.

What is written is described by the frozen values themselves, and by a few shapes where JSON says
less than they do. Pure. Writing is in `run` and `events`. Reading loads the shapes, for which
pydantic reads their source; so it is done here, and a command that only writes starts without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.model.events import Entry
    from orchestrator.model.names import StackKey
    from orchestrator.model.run import Run


def read_run(text: str) -> Run:
    """The run that a document tells of, also one of an older version. Raises ValueError."""
    from orchestrator.documents import reader  # noqa: PLC0415

    return reader.run(text)


def read_line(text: str) -> Entry:
    """What a line of a journal says. Raises ValueError for any that is not ours."""
    from orchestrator.documents import reader  # noqa: PLC0415

    return reader.entry(text)


def read_key(document: object) -> StackKey:
    """Which stack a document is about. Raises ValueError."""
    from orchestrator.documents import reader  # noqa: PLC0415

    return reader.key_of(document)
