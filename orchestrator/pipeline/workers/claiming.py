"""An account held for one item, from before its plan until after its check."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace

from orchestrator.errors import AccountBusy, Interrupted
from orchestrator.model.events import Waiting
from orchestrator.model.lease import LENGTH
from orchestrator.model.names import StackKey
from orchestrator.ports import Ports

log = logging.getLogger(__name__)
PAUSE = 5.0
PATIENCE = LENGTH.total_seconds() + 120.0
"""Seconds after which the lease of a worker that was lost has run out."""


class Claimed:
    """See ports.AccountLocks: the account is held already."""

    def hold(self, _key: StackKey) -> AbstractContextManager[None]:
        return nullcontext()

    def tidy(self, _key: StackKey) -> None:
        """To claim the account was to take over what had been left."""


@contextmanager
def claimed(
    key: StackKey, ports: Ports, pause: float = PAUSE, patience: float = PATIENCE
) -> Iterator[Ports]:
    """Wait until nobody else is in the account; the ports for those who hold it.

    The holder may be a worker that was lost, or one that is slow and has the same item.
    Raises AccountBusy when that takes too long, and Interrupted when the run is being stopped.
    """
    with ExitStack() as held:
        waited = 0.0
        while True:
            try:
                held.enter_context(ports.locks.hold(key))
                break
            except AccountBusy as busy:
                if waited >= patience:
                    raise
                if not waited:
                    log.warning("%s: %s", key, busy.message)
                    ports.tell(Waiting(busy.message, patience))
            if ports.rest(pause):
                raise Interrupted("the run was stopped")
            waited += pause
        yield replace(ports, locks=Claimed())
