from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from orchestrator.app.session import Listeners
from orchestrator.model.events import Event, Halted


def test_everybody_hears_everything_in_the_same_order_whoever_tells_it() -> None:
    first, second = list[Event](), list[Event]()
    listeners = Listeners([first.append])
    listeners.add(second.append)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: listeners(Halted(str(n))), range(500)))

    assert len(first) == 500
    assert first == second
