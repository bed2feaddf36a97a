"""The controls a hub knows, asked a standard at a time."""

from __future__ import annotations

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.hub_controls import Answered, HubControl, SeverityRating
from orchestrator.model.names import ControlId
from orchestrator.model.settings import Standard
from orchestrator.model.standards import standard_of

HUB = "securityhub"


def ask(session: AwsSession) -> Answered:
    """Every control of every standard that the hub of the session's region offers.

    Raises AwsDenied.
    """
    found: dict[ControlId, tuple[SeverityRating, list[Standard]]] = {}
    unknown = []
    for offered in session.pages(HUB, "DescribeStandards", "Standards"):
        arn = offered["StandardsArn"]
        standard = standard_of(arn)
        if standard is None:
            unknown.append(arn)
            continue
        key, operation = "SecurityControlDefinitions", "ListSecurityControlDefinitions"
        for each in session.pages(HUB, operation, key, StandardsArn=arn):
            severity = SeverityRating(each["SeverityRating"])
            found.setdefault(each["SecurityControlId"], (severity, []))[1].append(standard)
    controls = {
        control: HubControl(severity=severity, standards=sorted(standards))
        for control, (severity, standards) in found.items()
    }
    return Answered(controls, tuple(unknown))
