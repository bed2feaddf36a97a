"""A plan as a value: what Terraform means to do to a stack.

For comparing accounts, texts can be had without the account's own id and name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from orchestrator.model.names import StackKey
from orchestrator.model.settings import Severity


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    FORGET = "forget"
    IMPORT = "import"


SENSITIVE = "(sensitive value)"
UNKNOWN = "(known after apply)"


@dataclass(frozen=True, slots=True, order=True)
class ValueChange:
    """A value that differs, as JSON; '' where there is none. What is sensitive is SENSITIVE.

    `path` says where it stands: 'policy.Statement[AllowRead].Action'.
    """

    path: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """What happens to one resource instance.

    `attributes` are the top-level names that differ, and `values` what differs in them, as far as
    Terraform does not mark it as sensitive; `more` are those that are not shown. `normalized` has a
    digest of each value with the account's own id and name taken out: equal where two accounts see
    the same. Digests are never printed, because a short secret could be guessed from one.
    `written_otherwise` says that each attribute has gone from one way of writing nothing to
    another: null, "", [] and {}.
    """

    address: str
    type: str
    action: Action
    attributes: tuple[str, ...] = ()
    normalized: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    written_otherwise: bool = field(default=False, compare=False)
    values: tuple[ValueChange, ...] = field(default=(), compare=False, repr=False)
    more: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """A saved plan, reviewable by its changes and identified by its digest.

    `digest` is a SHA-256 over the rendered files, the modules they call, the lock file, the plan
    file and the state's lineage and serial. `drift` are changes made outside of Terraform.
    `json_file` is written only for a plan that changes something: nothing else is scanned.
    """

    key: StackKey
    folder: Path
    file: Path
    json_file: Path
    digest: str
    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    outputs_change: bool = False
    rendered: str = ""
    """The rendering's own digest, so that `digest` can be computed again."""
    state: str = ""
    """Lineage and serial of the state it was made for, 'lineage:serial'; a first one has ':0'."""
    moved: bool = False
    """Whether a resource gets another address, by a `moved` block: that changes the state alone."""

    @property
    def empty(self) -> bool:
        """Whether applying it would change neither resources nor outputs."""
        return not self.changes and not self.outputs_change

    def count(self, *actions: Action) -> int:
        """How many resource instances see one of `actions`."""
        return sum(change.action in actions for change in self.changes)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A failed checkov check. `severity` is None for a check without a rating."""

    check: str
    resource: str
    summary: str
    severity: Severity | None = None

    def __str__(self) -> str:
        rated = self.severity or "unrated"
        return f"{self.check} ({rated}) {self.resource}: {self.summary}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer: the digest of the plan that may be applied, or every reason why not."""

    approved: str | None
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.approved is not None


@dataclass(frozen=True, slots=True)
class ModuleFiles:
    """A module to be put beside the roots that call it. `folder` is below the build folder."""

    folder: str
    files: tuple[tuple[str, Path], ...]
    """Names in the folder, and what each is copied from."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """File names and texts of one stack, and a SHA-256 over them and the modules they call.

    `binaries` are files that are not text, and count as well.
    """

    key: StackKey
    files: tuple[tuple[str, str], ...]
    """In name order."""
    digest: str
    binaries: tuple[tuple[str, bytes], ...] = ()
    modules: tuple[ModuleFiles, ...] = ()
    """All that it calls, and that those call."""
    overrides: tuple[str, ...] = ()
    """What of it is the project's own instead of the product's: 'modules/account_baseline'."""


@dataclass(frozen=True)
class Own:
    """What is an account's own, and tells nothing when accounts are compared.

    Another account's id stays: trust in another account is a difference.
    """

    id: str
    name: str

    def neutral(self, text: str) -> str:
        """`text` with the account's own id and name taken out, also inside ARNs."""
        if self.id not in text and self.name not in text:
            return text  # most texts; a pattern costs more than all the searching
        return self._pattern.sub(self._word, text)

    def neutral_address(self, address: str) -> str:
        """A resource's address, where only keys of `for_each` are the account's own."""
        return re.sub(r'"[^"]*"', lambda key: self.neutral(key[0]), address)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        name = rf"(?<![0-9A-Za-z]){re.escape(self.name)}(?![0-9A-Za-z])"
        return re.compile(rf"(?<![0-9]){re.escape(self.id)}(?![0-9])|{name}")

    def _word(self, found: re.Match[str]) -> str:
        return "ACCOUNT-ID" if found[0] == self.id else "ACCOUNT"
