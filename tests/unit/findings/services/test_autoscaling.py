from __future__ import annotations

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.autoscaling import REMEDIATIONS
from orchestrator.findings.services.launch_configuration import named, settings
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.autoscaling import a_configuration, a_configuration_in_use
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws, emulated


def test_the_successor_differs_in_nothing_else() -> None:
    with emulated():
        aws = RecordingAws()
        arn = a_configuration_in_use(aws)
        imdsv2 = cycle.remediation_of("AutoScaling.3", REMEDIATIONS)
        target = cycle.target_of(imdsv2, "AutoScaling.3", arn, {})
        imdsv2.fix(target, aws, imdsv2.before(target, aws))
        old, new = (settings(named(aws, name) or {}) for name in ("old", "old-imdsv2"))

    assert new.pop("MetadataOptions")["HttpTokens"] == "required"
    assert new == {key: value for key, value in old.items() if key != "MetadataOptions"}


def test_a_configuration_that_nothing_launches_with_is_for_deletion() -> None:
    unused = Case("AutoScaling.3", lambda aws: a_configuration(aws, "unused"))

    assert "delete it" in cycle.hold_refusal(unused, REMEDIATIONS)


def test_another_configuration_of_the_successors_name_is_not_used() -> None:
    def taken(aws: Aws) -> str:
        a_configuration(aws, "old-imdsv2", InstanceType="m5.large")
        return a_configuration_in_use(aws)

    assert "old-imdsv2" in cycle.hold_refusal(Case("AutoScaling.3", taken), REMEDIATIONS)
