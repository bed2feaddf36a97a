"""How many runs may have providers at the same time."""

from __future__ import annotations

import asyncio
from collections import deque


class Seats:
    """A run takes all the seats it will need at once, in the order of asking.

    Were they taken one by one, two runs could wait for each other's last one.
    """

    def __init__(self, total: int) -> None:
        self._total = self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, wanted: int) -> int:
        """Wait for `wanted` seats, or for all where there are fewer; how many were taken."""
        count = min(wanted, self._total)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        self._call()
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(count, turn)
            raise
        return count

    def give(self, count: int) -> None:
        self._free += count
        self._call()

    def _call(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            count, turn = self._waiting.popleft()
            self._free -= count
            turn.set_result(None)

    def _leave(self, count: int, turn: asyncio.Future[None]) -> None:
        """The seats may have been given just before the one who waited went away."""
        if turn.done() and not turn.cancelled():
            self.give(count)
            return
        self._waiting = deque(each for each in self._waiting if each[1] is not turn)
        self._call()
