"""What two accounts have in common: texts without the account's own id and name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


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
