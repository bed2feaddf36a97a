from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Refused
from orchestrator.findings.services.inspector import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.inspector import refusing, the_account
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws, emulated


def test_code_is_scanned_only_where_functions_are() -> None:
    case = Case("Inspector.3", the_account)

    assert "Inspector.4" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_refusal_inside_of_an_answer_is_seen() -> None:
    scan = REMEDIATIONS[0]
    with emulated():
        aws = RecordingAws(refusing())
        target = cycle.target_of(scan, "Inspector.1", the_account(aws), {})

        with pytest.raises(Refused, match="ask the administrator"):
            scan.fix(target, aws, scan.before(target, aws))
