from __future__ import annotations

import json

from orchestrator.adapters.terraform.saved_plan import covers


def state(lineage: str, serial: int, *resources: str) -> str:
    document = {"lineage": lineage, "serial": serial, "outputs": {}, "resources": resources}
    return json.dumps(document)


def test_a_backend_covers_a_local_state_of_its_line_that_is_no_younger() -> None:
    local = state("a", 3)

    assert covers(state("a", 3), local)
    assert covers(state("a", 4, "new"), local)
    assert not covers(state("a", 2), local)


def test_a_backend_that_began_a_line_of_its_own_covers_what_it_holds_as_well() -> None:
    local = state("a", 3, "bucket")

    assert covers(state("b", 1, "bucket"), local)
    assert not covers(state("b", 9, "bucket", "key"), local)
    assert not covers(state("b", 9), local)


def test_a_state_that_cannot_be_read_covers_nothing() -> None:
    assert not covers("", state("a", 1))
    assert not covers(state("a", 1), "{}")
    assert not covers(state("a", 1), json.dumps({"lineage": "b", "serial": 1}))
    assert not covers("[]", "[]")
