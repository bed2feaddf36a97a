"""The lock of an account in this checkout: a file, locked by the kernel for as long as we live."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from orchestrator.adapters.locks import written
from orchestrator.model.lease import Lease
from orchestrator.model.names import AccountId


class LockFile:
    """Keeps the last holder's lease in it, also after it has gone."""

    def __init__(self, folder: Path, account: AccountId) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(folder / f"{account}.json", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Whether nobody else has it. The kernel lets go of it when we end."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def last(self) -> Lease | None:
        """Who had it last, as far as is known."""
        try:
            return written.lease(os.pread(self._file, 1 << 16, 0))
        except ValueError:
            return None

    def note(self, lease: Lease) -> None:
        """Say who has it. A text that is torn by our end is as good as none."""
        text = written.lease_text(lease).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)

    def close(self) -> None:
        os.close(self._file)
