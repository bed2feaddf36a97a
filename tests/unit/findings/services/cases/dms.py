from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case


def an_instance(aws: Aws, *, upgraded: bool = False, zones: bool = False) -> str:
    answer = aws("dms").create_replication_instance(
        ReplicationInstanceIdentifier="new" if upgraded or zones else "old",
        ReplicationInstanceClass="dms.t3.micro",
        AutoMinorVersionUpgrade=upgraded,
        MultiAZ=zones,
        Tags=cycle.TAG_LIST,
    )
    return str(answer["ReplicationInstance"]["ReplicationInstanceArn"])


CASES = (
    Case(
        "DMS.13",
        an_instance,
        lambda aws: an_instance(aws, zones=True),
        "arn:aws:dms:eu-west-1:123456789012:rep:NONE",
    ),
    Case(
        "DMS.6",
        an_instance,
        lambda aws: an_instance(aws, upgraded=True),
        "arn:aws:dms:eu-west-1:123456789012:rep:NONE",
    ),
)
