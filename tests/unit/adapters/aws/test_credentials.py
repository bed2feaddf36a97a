from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.adapters.aws.credentials import Credentials, Kept
from orchestrator.errors import AwsDenied

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _keys(minutes: int) -> Credentials:
    return Credentials("AKIA", "secret", "token", NOON + timedelta(minutes=minutes))


def test_threads_that_want_the_same_keys_ask_once() -> None:
    kept, asked, gate = Kept(lambda: NOON), [], threading.Barrier(8)

    def ask() -> Credentials:
        asked.append(1)
        return _keys(60)

    def want() -> Credentials:
        gate.wait()
        return kept.fresh("orders", ask)

    with ThreadPoolExecutor(8) as pool:
        found = {future.result() for future in [pool.submit(want) for _ in range(8)]}

    assert (len(asked), len(found)) == (1, 1)


def test_threads_that_want_other_keys_do_not_wait() -> None:
    kept, inside = Kept(lambda: NOON), threading.Barrier(2, timeout=10)

    def ask() -> Credentials:
        inside.wait()
        return _keys(60)

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(kept.fresh, name, ask) for name in ("orders", "web")]
        assert all(future.result() for future in futures)


def test_keys_about_to_end_are_asked_for_again() -> None:
    kept, given = Kept(lambda: NOON), iter([_keys(10), _keys(60)])

    first, second, third = (kept.fresh("orders", lambda: next(given)) for _ in range(3))

    assert first != second
    assert second == third


def test_keys_without_an_end_are_kept() -> None:
    kept, given = Kept(lambda: NOON), iter([Credentials("AKIA", "secret")])

    assert kept.fresh("orders", lambda: next(given)) == kept.fresh("orders", lambda: next(given))


def test_a_refusal_is_not_kept() -> None:
    kept = Kept(lambda: NOON)

    def refuse() -> Credentials:
        raise AwsDenied("200000000006", "plan", "sts:AssumeRole", "no")

    with pytest.raises(AwsDenied):
        kept.fresh("orders", refuse)

    assert kept.fresh("orders", lambda: _keys(60)) == _keys(60)
