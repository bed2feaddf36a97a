from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from orchestrator.app.project import Project
from orchestrator.app.rollout import lifted_limits
from orchestrator.app.session import Session, finish
from orchestrator.errors import TooFar, UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import BlastRadius
from orchestrator.model.run import Lifted, Outcome, StackResult
from orchestrator.render import Renderer
from tests.builders import a_key, an_account, an_organization
from tests.fakes import some_ports

ACCOUNTS = tuple(an_account(n, f"shop-{n}") for n in range(10, 14))
KEYS = tuple(map(a_key, ACCOUNTS))
REASON = "New region, reviewed in SEC-1300"


def a_session(work: Path, id_: str = "r-1", **limits: int) -> Session:
    organization = an_organization(ACCOUNTS)
    facts = organization.facts.model_copy(update={"blast_radius": BlastRadius(**limits)})
    return Session(
        id_,
        Project(work, work),
        replace(organization, facts=facts),
        Renderer(work),
        some_ports(),
        Event(),
        datetime.now(UTC),
    )


def test_a_run_within_its_limits_needs_no_reason(tmp_path: Path) -> None:
    assert lifted_limits(a_session(tmp_path, accounts=4), KEYS, None) is None


def test_a_run_beyond_a_limit_is_refused_with_the_gates_code(tmp_path: Path) -> None:
    with pytest.raises(TooFar) as raised:
        lifted_limits(a_session(tmp_path, accounts=3), KEYS, None)

    assert raised.value.exit_code is ExitCode.GATE_REFUSED
    assert "reaches 4 accounts, organization.blast_radius.accounts is 3" in str(raised.value)
    assert "--reason" in raised.value.fix


def test_a_reason_lifts_the_limits_and_is_kept_with_the_run(tmp_path: Path) -> None:
    session = a_session(tmp_path, accounts=3)

    found = lifted_limits(session, KEYS, REASON)
    finish(session, "apply", (), found)

    assert found == Lifted(REASON, ("reaches 4 accounts, organization.blast_radius.accounts is 3",))
    kept = json.loads((session.project.runs / "r-1.json").read_text())
    assert kept["lifted"] == {"reason": REASON, "limits": list(found.limits)}


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_a_word_is_no_reason(tmp_path: Path, reason: str) -> None:
    with pytest.raises(UsageError, match="is not a reason"):
        lifted_limits(a_session(tmp_path), KEYS, reason)


def test_growth_is_measured_against_the_last_apply_that_is_kept(tmp_path: Path) -> None:
    applied = [StackResult(key, Outcome.APPLIED) for key in KEYS[:2]]
    finish(a_session(tmp_path, "r-1"), "apply", applied)
    finish(a_session(tmp_path, "r-2"), "plan", ())

    session = a_session(tmp_path, "r-3", growth=1, small=1)

    assert lifted_limits(session, KEYS[:2], None) is None
    with pytest.raises(TooFar, match="the last apply reached 2"):
        lifted_limits(session, KEYS[:3], None)
