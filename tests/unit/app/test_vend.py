from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.accounts.events import events
from orchestrator.app.project import Say, unsaid
from orchestrator.app.vend import Ends, covered, first_heard, heard, named
from orchestrator.cli.main import run
from orchestrator.errors import UsageError
from orchestrator.model.events import StackEnded, StageEnded
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackName
from orchestrator.model.run import Outcome, StackResult
from tests.builders import a_key, an_account
from tests.unit.accounts.vending_events import closed, created, from_control_tower, moved
from tests.unit.render.builders import ROOT

ORGANIZATION, PLACES = config.surveyed(ROOT / "account_configs")
GOVERNED = replace(
    ORGANIZATION, facts=ORGANIZATION.facts.model_copy(update={"control_tower": True})
)
NEW, OLD = "200000000099", "200000000007"


def looked_at(*documents: dict[str, Any], governed: bool, say: Say = unsaid) -> list[str]:
    found = events(StringIO(json.dumps(documents)), "-")
    return list(heard(found, GOVERNED if governed else ORGANIZATION, PLACES, say))


@pytest.mark.parametrize("document", [created(NEW), moved(NEW)])
def test_what_control_tower_is_still_enrolling_waits_for_its_own_event(
    document: dict[str, Any],
) -> None:
    said: list[str] = []

    assert looked_at(document, governed=False) == [NEW]
    assert looked_at(document, governed=True, say=said.append) == []
    assert f"{NEW}: left alone: AWS Control Tower is still enrolling it" in said[0]
    assert looked_at(document, from_control_tower(account=NEW), governed=True) == [NEW]
    again = from_control_tower("UpdateManagedAccount", account=NEW)
    assert looked_at(again, governed=True) == [NEW]


@pytest.mark.parametrize("document", [created(OLD), moved(OLD), closed(OLD), closed(NEW)])
def test_an_account_that_has_a_file_or_has_gone_is_looked_at_at_once(
    document: dict[str, Any],
) -> None:
    assert len(looked_at(document, governed=True)) == 1


def test_the_time_is_taken_from_the_first_event_of_each_account() -> None:
    late = from_control_tower(account=NEW, completed="2026-11-16T12:09:32+0000")
    early = from_control_tower(account=NEW, completed="2026-11-16T12:01:00+0000")
    other = from_control_tower(account=OLD, completed="2026-11-17T00:00:00+0000")

    firsts = first_heard(events(StringIO(json.dumps([late, early, other])), "-"))

    assert firsts == {
        NEW: datetime(2026, 11, 16, 12, 1, tzinfo=UTC),
        OLD: datetime(2026, 11, 17, tzinfo=UTC),
    }


def test_accounts_are_named_by_name_or_id_and_by_nothing_else() -> None:
    assert list(named(ORGANIZATION, ["orders-prod", NEW])) == [OLD, NEW]
    with pytest.raises(UsageError, match="'new one' is neither a name nor an id"):
        list(named(ORGANIZATION, ["new one"]))


@pytest.mark.parametrize("command", ["vend", "offboard"])
@pytest.mark.parametrize("text", ["{", '{"detail": []}', '[{"eventName": 7}]', "{}\nx"])
def test_what_is_no_event_is_a_message_and_no_traceback(
    command: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events").write_text(text)
    words = ["--project", str(ROOT), command, "--event", str(tmp_path / "events")]

    assert run(words) == ExitCode.CONFIGURATION
    assert "fix: hand over events" in capsys.readouterr().err


def test_each_accounts_time_ends_when_its_own_stack_is_verified() -> None:
    orders, web = a_key(an_account(6, "orders")), a_key(an_account(7, "web"))
    first, times = datetime(2026, 6, 1, 12, tzinfo=UTC), iter((60, 90, 120))
    ends = Ends(lambda: first + timedelta(seconds=next(times)))
    results = (
        StackResult(replace(orders, stack=StackName.SECURITY), Outcome.APPLIED),
        StackResult(web, Outcome.UNCHANGED),
        StackResult(orders, Outcome.APPLIED),
    )
    for result in results:
        ends(StackEnded(result))

    told = list(covered(results, {orders.account_id: first, web.account_id: first}, ends.at))

    ended = StageEnded(orders, "covered", 120.0, "since 2026-06-01T12:00:00+00:00")
    assert told == [(ended, "orders: covered 120 s after its event")]
