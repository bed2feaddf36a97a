from __future__ import annotations

import json

from orchestrator.rehearsal.program import ProgramOutput


def output(*lines: object) -> ProgramOutput:
    found = ProgramOutput()
    for line in lines:
        found.line(line if isinstance(line, str) else json.dumps(line) + "\n")
    return found


def test_a_killed_program_has_told_its_run_its_waves_and_what_had_ended() -> None:
    found = output(
        {"event": "run_started", "run": "r-1"},
        {"event": "group_started", "run": "r-1", "name": "wave canary"},
        {"event": "stack_ended", "run": "r-1", "outcome": "applied"},
        {"event": "stack_ended", "run": "r-1", "outcome": "denied"},
        {"event": "halted", "run": "r-1", "why": "1 failure"},
        '{"event": "stack_en',
    )

    assert found.run == "r-1"
    assert found.waves == ["wave canary"]
    assert found.outcomes == {"applied": 1, "denied": 1}
    assert found.halted == "1 failure"
    assert found.stacks == ()


def test_the_result_brings_every_stack() -> None:
    found = output(
        {"event": "result", "run": "r-1", "result": {"stacks": [{"outcome": "applied"}]}}
    )

    assert found.stacks == ({"outcome": "applied"},)


def test_what_is_no_event_says_nothing() -> None:
    assert output("management/bootstrap  applied\n", "[1]\n", '"x"\n', "\n") == ProgramOutput()
