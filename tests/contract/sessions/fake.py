"""Doors to accounts of which some are open, with keys that open nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackKey, StackName
from orchestrator.ports import Entry, Purpose


@dataclass
class FakeSessions:
    """`open_to` are the accounts whose plan and apply role let us in; the entry role always does.

    `states` has every stack that was applied, and whether its roles are made.
    """

    base: Mapping[str, str]
    open_to: set[str] = field(default_factory=set)
    states: dict[StackKey, bool] = field(default_factory=dict)
    identities: dict[StackKey, str] = field(default_factory=dict)

    @contextmanager
    def open(self, key: StackKey, purpose: Purpose) -> Iterator[Entry]:
        role = f"arn:aws:iam::{key.account_id}:role/{purpose}"
        if purpose is not Purpose.ENTRY and not self._is_open(key):
            raise AwsDenied(key.account_id, role, "sts:AssumeRole", "not in this test")
        with TemporaryDirectory() as private:
            credentials, config = Path(private) / "credentials", Path(private) / "config"
            for file, text in ((credentials, f"[{key.account_id}]\n[state]\n"), (config, "")):
                file.touch(0o600)
                file.write_text(text, "utf-8")
            yield Entry(
                {
                    **{name: v for name, v in self.base.items() if not name.startswith("AWS_")},
                    "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
                    "AWS_CONFIG_FILE": str(config),
                },
                role,
            )

    def has_state(self, key: StackKey) -> bool:
        return key in self.states

    def state_of(self, key: StackKey) -> str:
        return self.identities.get(key, ":0")

    def roles_made(self, key: StackKey) -> bool:
        return self.states.get(key, False)

    def _is_open(self, key: StackKey) -> bool:
        return key.stack is StackName.BOOTSTRAP or key.account_id in self.open_to
