from __future__ import annotations

from orchestrator.findings.remediation import Aws, Status
from orchestrator.findings.services.config import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.config import SOME, a_recorder, no_recorder
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws, emulated


def test_the_recorder_is_made_by_its_stack() -> None:
    assert "stack 'account'" in cycle.hold_refusal(Case("Config.1", no_recorder), REMEDIATIONS)


def a_recorder_with_another_role(aws: Aws) -> str:
    return a_recorder(aws, "arn:aws:iam::123456789012:role/config")


def test_the_recorders_role_is_set_by_its_stack() -> None:
    case = Case("Config.1", a_recorder_with_another_role)

    assert "service-linked role" in cycle.hold_refusal(case, REMEDIATIONS)


def test_another_role_will_do_when_the_decision_says_so() -> None:
    ours = {"includeConfigServiceLinkedRoleCheck": False}

    cycle.run(Case("Config.1", a_recorder_with_another_role, parameters=ours), REMEDIATIONS)


def test_a_recorder_of_some_types_is_not_taken_for_one_of_all() -> None:
    start = REMEDIATIONS[0]
    with emulated():
        aws = RecordingAws()
        target = cycle.target_of(start, "Config.1", a_recorder(aws, group=SOME), {})
        aws("config").start_configuration_recorder(ConfigurationRecorderName="default")

        assert start.check(target, aws).status is Status.UNCLEAR
