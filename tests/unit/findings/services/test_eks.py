from __future__ import annotations

from orchestrator.findings.services.eks import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.eks import OPEN, a_cluster
from tests.unit.findings.services.cycle import Case


def test_an_endpoint_is_not_made_unreachable() -> None:
    only_public = {**OPEN, "endpointPrivateAccess": False}
    case = Case("EKS.1", lambda aws: a_cluster(aws, access=only_public))

    assert "private access first" in cycle.hold_refusal(case, REMEDIATIONS)
