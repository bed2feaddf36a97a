from __future__ import annotations

from orchestrator.findings.services.elasticache import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.elasticache import group
from tests.unit.findings.services.cycle import Case


def test_nothing_fails_over_to_a_replica_that_is_not_there() -> None:
    case = Case("ElastiCache.3", group(ReplicasPerNodeGroup=0))

    assert "no replica" in cycle.hold_refusal(case, REMEDIATIONS)
