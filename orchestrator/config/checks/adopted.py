"""What is taken over belongs to an account that is there, and to a stack that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.config.near import choose
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.names import StackName

OWNER: Mapping[str, str] = {
    StackName.BOOTSTRAP: "management",
    StackName.ORGANIZATION: "management",
    StackName.SECURITY: "security",
    StackName.LOG_ARCHIVE: "log_archive",
}
"""Stacks that only one account has, by its key in organization.accounts."""


def check_adopted(sources: Sources) -> Iterator[Problem]:
    """A file in adopted/ is named after an account, and names stacks of it."""
    names = [account.name for account in sources.accounts]
    for document in sources.adopted:
        name = document.file.stem
        if name not in names:
            fix = f"remove the file, or rename it: {choose(name, names)}"
            yield Problem(document.file, 1, "", f"there is no account '{name}'", fix)
            continue
        for stack in document.mapping("adopted"):
            if (owner := _owner(sources, stack)) not in {None, name}:
                line = document.line(("adopted", stack))
                what, fix = f"'{name}' has no stack '{stack}'", f"it is a stack of '{owner}'"
                yield Problem(document.file, line, f"adopted.{stack}", what, fix)


def _owner(sources: Sources, stack: str) -> str | None:
    """The only account that has the stack; None where every account has it, or nobody knows."""
    if stack not in OWNER or not sources.organization:
        return None
    return sources.organization.text("organization", "accounts", OWNER[stack])
