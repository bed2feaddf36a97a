from __future__ import annotations

import pytest

from orchestrator.app.notifications import check_targets
from orchestrator.cli.main import run
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode


@pytest.mark.parametrize(
    "target",
    ["me", "github:owner", "sns:drift", "webhook:http://example.com", "mail:a@example.com"],
)
def test_where_nobody_can_be_told_nothing_is_started(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["drift", "all", "--notify", target]) == ExitCode.CONFIGURATION
    assert f"no message can be sent to '{target}'" in capsys.readouterr().err


def test_a_secret_is_asked_for_by_name_before_anything_is_started() -> None:
    with pytest.raises(UsageError, match="GITHUB_TOKEN is not set"):
        check_targets(["sns:arn:aws:sns:eu-west-1:200000000002:drift", "github:a/b"], {})

    check_targets(["github:a/b"], {"GITHUB_TOKEN": "something"})
