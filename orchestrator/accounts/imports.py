"""account_configs/adopted/: what accounts take over, a file an account. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.model.existing import StackImports
from orchestrator.model.imports import Imports
from orchestrator.model.names import StackKey
from orchestrator.model.yaml_text import written as yaml

HEAD = """\
# yaml-language-server: $schema=../../schemas/adopted.schema.json

# Written by `orchestrator adopt`. What is named here was in the account before the orchestrator,
# and its first apply takes it over instead of making it twice. Once that is done, the next
# `orchestrator adopt` takes the entries out.
"""


def written(
    before: Mapping[StackKey, Imports], added: Sequence[StackImports]
) -> Mapping[str, str | None]:
    """Texts by the file's name in adopted/, of the accounts that `added` are about.

    None for a file that has nothing to say any more. Stacks that were not looked at keep what they
    have.
    """
    after = {**before, **{each.key: each.imports for each in added}}
    accounts = {each.key.account_name for each in added}
    return {f"{name}.yaml": _text(after, name) for name in sorted(accounts)}


def _text(imports: Mapping[StackKey, Imports], account: str) -> str | None:
    said = {
        str(key.stack): {"imports": dict(sorted(entries.items()))}
        for key, entries in sorted(imports.items())
        if key.account_name == account and entries
    }
    if not said:
        return None
    return f"{HEAD}{yaml({'adopted': said})}"
