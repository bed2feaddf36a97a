from __future__ import annotations

from orchestrator.findings.services.elb import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.elb import a_balancer, over_http
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import PLACE, RecordingAws, emulated


def test_nothing_is_redirected_where_nobody_listens() -> None:
    case = Case("ELB.1", lambda aws: over_http(aws, secure=False))

    assert "no HTTPS listener" in cycle.hold_refusal(case, REMEDIATIONS)


def test_no_bucket_for_access_logs_is_made_up() -> None:
    assert "LogBucket" in cycle.hold_refusal(Case("ELB.5", a_balancer), REMEDIATIONS)


def test_what_is_not_about_a_type_is_not_asked_of_it() -> None:
    headers = cycle.remediation_of("ELB.4", REMEDIATIONS)
    with emulated():
        aws = RecordingAws()
        network = a_balancer(aws, kind="net")

        assert network not in set(headers.find(PLACE, aws))
