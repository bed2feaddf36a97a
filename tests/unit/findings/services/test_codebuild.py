from __future__ import annotations

import json

import pytest

from orchestrator.findings.remediation import Refused, Remediation, Target
from orchestrator.findings.services.codebuild import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.codebuild import SECRET, updating, with_credentials
from tests.unit.findings.services.recording import RecordingAws, emulated


def hidden_credentials(aws: RecordingAws) -> tuple[Remediation, Target]:
    hide = cycle.remediation_of("CodeBuild.2", REMEDIATIONS)
    folder = {"ParameterFolder": "/builds"}
    return hide, cycle.target_of(hide, "CodeBuild.2", with_credentials(aws), folder)


def test_no_credential_is_kept_outside_of_aws() -> None:
    with emulated():
        aws = RecordingAws(updating())
        hide, target = hidden_credentials(aws)
        kept = hide.before(target, aws)
        hide.fix(target, aws, kept)
        stored = aws("ssm").get_parameter(Name="/builds/build/AWS_SECRET_ACCESS_KEY")["Parameter"]

    assert SECRET not in json.dumps(kept)
    assert "AKIA" not in json.dumps(kept)
    assert stored["Type"] == "SecureString"


def test_a_parameter_of_somebody_else_is_not_overwritten() -> None:
    with emulated():
        aws = RecordingAws(updating())
        hide, target = hidden_credentials(aws)
        name = "/builds/build/AWS_ACCESS_KEY_ID"
        aws("ssm").put_parameter(Name=name, Value="something else", Type="SecureString")

        with pytest.raises(Refused, match="holds something else"):
            hide.fix(target, aws, hide.before(target, aws))


def test_without_a_folder_nothing_is_moved() -> None:
    with emulated():
        aws = RecordingAws(updating())
        hide = cycle.remediation_of("CodeBuild.2", REMEDIATIONS)
        target = cycle.target_of(hide, "CodeBuild.2", with_credentials(aws), {})

        with pytest.raises(Refused, match="ParameterFolder"):
            hide.before(target, aws)
