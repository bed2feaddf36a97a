"""The sandbox answers as is written of AWS, and as recorded; one that does not is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.app.certify import NamedAws
from orchestrator.certify.behaviour import Behaviour, Outcome, Standing, certify
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import Recording, differences, read
from orchestrator.cli.main import cli
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.lifecycle import Settings
from orchestrator.wiring import CertifiedAws
from tests.sandbox.fleets import HOME_REGION, NETWORK, a_fleet

ORGANIZATION = "o-exampleorg1"
ENTRY = "OrganizationAccountAccessRole"
RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.fixture(scope="module")
def aws(sandbox: Sandbox) -> CertifiedAws:
    """One for all behaviours, as in a run: its clients are made once."""
    return CertifiedAws(sandbox.environment, HOME_REGION, ORGANIZATION, NETWORK, ENTRY)


def asked(aws: CertifiedAws, behaviour: Behaviour, run: str) -> Outcome:
    (outcome,) = certify(NamedAws(aws, "sandbox"), [behaviour], run)
    return outcome


@pytest.mark.parametrize("behaviour", ALL, ids=lambda behaviour: behaviour.id)
def test_the_sandbox_answers_as_it_is_written(aws: CertifiedAws, behaviour: Behaviour) -> None:
    outcome = asked(aws, behaviour, f"w{ALL.index(behaviour)}x")

    assert outcome.reasons == ()
    assert outcome.standing is Standing.AS_WRITTEN
    assert outcome.left == ()


def test_the_sandbox_answers_as_recorded_on_aws(aws: CertifiedAws) -> None:
    """Holds for every recording there is; without one, the page of evidence calls nothing so."""
    recordings = read(RECORDINGS)

    found = {name: _apart(aws, recording) for name, recording in recordings.items()}

    assert {name: apart for name, apart in found.items() if apart} == {}


def _apart(aws: CertifiedAws, recording: Recording) -> tuple[str, ...]:
    (behaviour,) = [each for each in ALL if each.id == recording.behaviour]
    outcome = asked(aws, behaviour, "recorded")
    return differences(recording, outcome.recording)


def test_an_aws_that_answers_otherwise_is_told_from_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    home = tmp_path / ".sandbox"
    fault = f"{NETWORK}@sns:Publish:error:1:SomethingElse"
    with lifecycle.running(home, a_fleet(), Settings(faults=[fault])):
        outcome = CliRunner().invoke(
            cli,
            [
                *("--work", str(tmp_path), "--sandbox", "certify", "--only", "s[nq]s.*-*"),
                *("--disposable", ORGANIZATION, "--member", NETWORK, "--region", HOME_REGION),
                *("--to", str(tmp_path / "recordings"), "--format", "json"),
            ],
            standalone_mode=False,
        )
    told = json.loads(outcome.stdout)["behaviours"]
    otherwise = [each for each in told if each["standing"] != Standing.AS_WRITTEN]

    assert outcome.return_value == 7
    assert [each["behaviour"] for each in otherwise] == ["sns.subjects-are-one-line"]
    assert otherwise[0]["differs"] == ["sns:Publish: SomethingElse, not InvalidParameter"]
    assert set(read(tmp_path / "recordings")) == {each["behaviour"] for each in told}


def test_nothing_is_asked_of_an_organization_that_was_not_named(sandbox: Sandbox) -> None:
    refused = {
        "these credentials are of organization": ("o-anotherone1", NETWORK),
        "is the management account": (ORGANIZATION, "200000000001"),
    }
    for reason, (organization, member) in refused.items():
        with pytest.raises(Exception, match=reason):
            CertifiedAws(sandbox.environment, HOME_REGION, organization, member, ENTRY)
