"""Which role a run starts as: what the command line, the environment and nobody says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator import wiring
from orchestrator.cli.project import Project
from orchestrator.cli.session import environment
from orchestrator.errors import UsageError
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


@pytest.mark.parametrize("said", ["Reader", "root", "orchestrator-reader", " "])
def test_a_role_that_is_none_is_not_taken_for_the_other(said: str) -> None:
    with pytest.raises(UsageError, match=r"ORCHESTRATOR_ROLE: '.*' is no role"):
        wiring.may_change(ORGANIZATION, {"ORCHESTRATOR_ROLE": said}, "r-1")
