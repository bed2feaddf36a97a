"""A setting that AWS has and boto3's models do not know is never deleted by a fix.

Every structure that a fix reads gets such a member. Then either nothing is written, or nothing
that is written replaces a structure of a kind that was read, unless it is explained below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from orchestrator.findings.answers import Unmodelled, is_unmodelled, unmodelled
from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Refused, Remediation, Target
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import READING, Case
from tests.unit.findings.services.recording import RecordingAws, emulated

NEW = Unmodelled("NewSetting")
CASES = [case for cases in cycle.cases().values() for case in cases if case.fixed]
WHOLE = (
    "AutoScaling.3",
    "CloudFront.1",
    "CloudFront.10",
    "CloudFront.3",
    "EC2.170",
    "ECR.1",
    "ECS.5",
    "EMR.2",
    "IAM.15",
    "S3.11 beside another",
    "S3.12",
    "S3.13 beside another",
    "S3.17",
    "StepFunctions.1",
)
"""Cases in which something is read, changed in part, and written back as a whole."""

STAYS = {
    "Tag": "named by its key; the others of a resource stay",
    "TagList": "names tags by their keys; the others stay",
    "TagListEntry": "names a tag by its key; the others stay",
    "Tags": "names tags by their keys; the others stay",
    "AccessLog": "of a Classic Load Balancer, which gets no new attributes",
    "ClusterSetting": "named by itself; the others of a cluster stay",
    "ConnectionDraining": "of a Classic Load Balancer, which gets no new attributes",
    "CrossZoneLoadBalancing": "of a Classic Load Balancer, which gets no new attributes",
    "DomainEndpointOptions": "UpdateDomainConfig changes the options that are named",
    "LoadBalancerAttribute": "named by itself; the others of a load balancer stay",
    "LoadBalancerAttributes": "ModifyLoadBalancerAttributes changes those that are named",
    "LogSetup": "names types of logs; the others of a cluster stay",
    "Logging": "UpdateClusterConfig changes the types of logs that are named",
    "Parameter": "of a stack, by its key and with its previous value",
}
"""Structures that are read and written, and of which AWS keeps what a request does not name."""


@dataclass
class NewerAws(RecordingAws):
    """AWS as it may be next year."""

    read: set[str] = field(default_factory=set)
    """The shapes of what was read."""
    written: set[str] = field(default_factory=set)

    def remember(self, params: dict[str, Any], model: Any, context: dict[str, Any]) -> None:
        super().remember(params, model, context)
        if not reads(model):
            self.written |= {shape.name for _, shape in structures(params, model.input_shape)}

    def heard(self, parsed: Any, model: Any) -> None:
        if reads(model) and model.output_shape:
            for value, shape in list(structures(parsed, model.output_shape)):
                value[NEW] = "on"
                self.read.add(shape.name)


def reads(model: Any) -> bool:
    return bool(model.name.startswith((*READING, "BatchGet")))


def structures(value: Any, shape: Any) -> Iterator[tuple[Any, Any]]:
    """Every structure in a value, with its shape."""
    if shape.type_name == "structure" and isinstance(value, dict):
        yield value, shape
        for name, member in shape.members.items():
            yield from structures(value.get(name), member)
    elif shape.type_name == "list":
        for each in value or ():
            yield from structures(each, shape.member)
    elif shape.type_name == "map":
        for each in (value or {}).values():
            yield from structures(each, shape.value)


@pytest.mark.parametrize("case", [case for case in CASES if str(case) in WHOLE], ids=str)
def test_what_would_be_written_back_as_a_whole_is_refused(case: Case) -> None:
    aws, fixed = fixed_next_year(case)

    assert aws.read
    assert not fixed


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_written_back_with_a_member_missing(case: Case) -> None:
    aws, fixed = fixed_next_year(case)

    replaced = aws.read & aws.written - STAYS.keys()
    assert not (fixed and replaced)


def test_every_case_that_is_named_is_there() -> None:
    assert {str(case) for case in CASES} >= set(WHOLE)


def fixed_next_year(case: Case) -> tuple[NewerAws, bool]:
    remediation = cycle.remediation_of(case.control, REMEDIATIONS)
    with emulated(case.moto):
        overlay = case.overlay()
        arn = case.violate(RecordingAws(overlay))
        target = cycle.target_of(remediation, case.control, arn, case.parameters)
        aws = NewerAws(overlay)
        return aws, fix(remediation, target, aws)


def fix(remediation: Remediation, target: Target, aws: NewerAws) -> bool:
    """Whether anything was written: not where it could not be taken back, as the engine holds."""
    before = remediation.before(target, aws)
    if list(unmodelled(before)):
        assert aws.written == set()
        return False
    try:
        remediation.fix(target, aws, before)
    except ParamValidationError as error:
        assert is_unmodelled(error)
        return False
    except Refused:
        return False
    return True
