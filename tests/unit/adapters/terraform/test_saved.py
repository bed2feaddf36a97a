from __future__ import annotations

import json

from orchestrator.adapters.terraform.saved import covers


def state(lineage: str, serial: int) -> str:
    return json.dumps({"lineage": lineage, "serial": serial})


def test_a_backend_covers_a_local_state_only_with_the_same_line_and_no_older_serial() -> None:
    local = state("a", 3)

    assert covers(state("a", 3), local)
    assert covers(state("a", 4), local)
    assert not covers(state("a", 2), local)
    assert not covers(state("b", 9), local)


def test_a_state_that_cannot_be_read_covers_nothing() -> None:
    assert not covers("", state("a", 1))
    assert not covers(state("a", 1), "{}")
    assert not covers("[]", "[]")
