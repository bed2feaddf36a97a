"""Which role a run starts as: what the command line, the environment and nobody says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.cli.main import run
from orchestrator.errors import AwsDenied, UsageError
from tests.builders import an_account, an_organization

ORGANIZATION = an_organization((an_account(6, "orders"),))


def test_the_option_says_the_same_as_the_variable(tmp_path: Path) -> None:
    env = environment(Project(tmp_path, tmp_path, reader=True))

    assert env["ORCHESTRATOR_ROLE"] == "reader"


def test_a_reader_is_refused_what_changes_accounts_without_asking_aws() -> None:
    env = {"ORCHESTRATOR_ROLE": "reader", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}

    with pytest.raises(UsageError, match="only reads") as refused:
        wiring.may_change(ORGANIZATION, env, "r-1")

    assert "leave out --reader and ORCHESTRATOR_ROLE" in str(refused.value)


def test_who_has_no_credentials_is_told_once_before_anything_is_started() -> None:
    env = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}

    with pytest.raises(AwsDenied, match="Unable to locate credentials") as denied:
        wiring.signed_in(ORGANIZATION, {**env, "AWS_EC2_METADATA_DISABLED": "true"}, "r-1")

    assert "say --sandbox before the command" in denied.value.fix


def test_a_misspelt_command_is_answered_with_those_it_may_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["vaildate"]) == 2
    assert "No such command 'vaildate'. Did you mean 'validate'?" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["Reader", "root", "orchestrator-reader", " "])
def test_a_role_that_is_none_is_not_taken_for_the_other(said: str) -> None:
    with pytest.raises(UsageError, match=r"ORCHESTRATOR_ROLE: '.*' is not a role"):
        wiring.may_change(ORGANIZATION, {"ORCHESTRATOR_ROLE": said}, "r-1")
