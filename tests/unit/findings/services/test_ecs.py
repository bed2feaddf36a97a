from __future__ import annotations

import json

import pytest

from orchestrator.findings.remediation import Refused
from orchestrator.findings.services.ecs import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.ecs import a_definition
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws, emulated


def test_nothing_of_a_containers_environment_is_kept() -> None:
    restrict = cycle.remediation_of("ECS.5", REMEDIATIONS)
    with emulated():
        aws = RecordingAws()
        target = cycle.target_of(restrict, "ECS.5", a_definition(aws), {})

        assert json.dumps(restrict.before(target, aws)) == '{"revision": 1}'


def test_a_revision_of_somebody_else_is_not_taken_back() -> None:
    restrict = cycle.remediation_of("ECS.5", REMEDIATIONS)
    with emulated():
        aws = RecordingAws()
        target = cycle.target_of(restrict, "ECS.5", a_definition(aws), {})
        before = restrict.before(target, aws)
        a_definition(aws, restricted=True, cpu="256")

        assert restrict.undo
        with pytest.raises(Refused, match="another revision"):
            restrict.undo(target, aws, before)


def test_windows_containers_are_left_alone() -> None:
    windows = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"}
    case = Case("ECS.5", lambda aws: a_definition(aws, runtimePlatform=windows))

    assert "Windows" in cycle.hold_refusal(case, REMEDIATIONS)
