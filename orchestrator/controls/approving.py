"""A plan for one fix, kept in a file from the dry run until it is applied."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from orchestrator.findings.finding import Finding

VERSION = 1


class Unfit(Exception):
    """Why a file is no plan for this finding, in a sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was seen, and the digest of what would be done."""

    finding: str
    control: str
    account: str
    region: str
    resource: str
    plan: str


def plan_for(finding: Finding, plan: str) -> Plan:
    """The plan that a dry run of `finding` has shown."""
    return Plan(
        finding.id, finding.control, finding.account, finding.region, finding.resource, plan
    )


def text_of(plan: Plan) -> str:
    return json.dumps({"version": VERSION, **asdict(plan)}, indent=2) + "\n"


def read(text: str) -> Plan:
    """The plan in a file. Raises Unfit."""
    try:
        document = json.loads(text)
        if document.pop("version") != VERSION:
            raise Unfit(f"it is not of version {VERSION}")
        plan = Plan(**document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unfit("it is not what a dry run has written") from error
    if not all(isinstance(value, str) for value in asdict(plan).values()):
        raise Unfit("it is not what a dry run has written")
    return plan


def approved(plan: Plan, finding: Finding) -> str:
    """The digest, if the plan is for this finding. Raises Unfit."""
    if plan_for(finding, plan.plan) != plan:
        raise Unfit(f"it is for {plan.control} on {plan.resource} in {plan.account}/{plan.region}")
    return plan.plan
