from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.accounts.coverage import answers, area_of
from orchestrator.adapters.aws.conformance.checks import Subject
from orchestrator.adapters.aws.conformance.conformance import CHECKS
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.model.coverage import Area
from orchestrator.model.names import StackName
from orchestrator.model.organization import Organization
from orchestrator.model.run import Answer, Probe
from orchestrator.render.standards import arn
from tests.unit.accounts.test_coverage import ORGANIZATION
from tests.unit.render.test_forwarding import with_logs

NOBODY = cast(
    CredentialCache,
    SimpleNamespace(session=lambda *_: cast(Any, None), reads_only=False, keys=None),
)


def asked(
    stack: StackName, name: str, organization: Organization = ORGANIZATION
) -> dict[str, Area]:
    """The questions a stack's account is asked, by what they are about. None is put to AWS."""
    subject = Subject(organization.named(name), organization, NOBODY, arn)
    return {what: area_of(what) for what, _ in CHECKS[stack](subject)}


def test_the_questions_about_an_account_cover_every_area() -> None:
    found = asked(StackName.ACCOUNT, "orders-prod")

    assert set(found.values()) == set(Area)
    assert {w for w, area in found.items() if area is Area.BASELINE} == {
        "S3 account public access block",
        *(f"{region}: EBS encryption by default" for region in ("ap-northeast-1", "us-east-1")),
        *(f"{region}: IMDSv2 by default" for region in ("ap-northeast-1", "us-east-1")),
    }


@pytest.mark.parametrize("stack", [StackName.LOG_ARCHIVE, StackName.ORGANIZATION])
def test_what_delivers_everybodys_logs_is_about_log_delivery(stack: StackName) -> None:
    names = {StackName.LOG_ARCHIVE: "log-archive", StackName.ORGANIZATION: "management"}

    assert Area.LOG_DELIVERY in asked(stack, names[stack]).values()


@pytest.mark.parametrize("name", ["orders-prod", "security"])
def test_logs_that_are_to_be_collected_are_asked_for(name: str) -> None:
    organization = with_logs()
    stack = StackName.SECURITY if name == "security" else StackName.ACCOUNT
    before, now = asked(stack, name), asked(stack, name, organization)

    assert {w: area for w, area in now.items() if w not in before} == dict.fromkeys(
        {
            "orders-prod": (
                "ap-northeast-1: log groups are forwarded",
                "ap-northeast-1: traffic of vpc-0a1b2c3d is delivered",
            ),
            "security": (
                "ap-northeast-1: Security Lake collects",
                "us-east-1: Security Lake collects",
            ),
        }[name],
        Area.LOG_DELIVERY,
    )


def test_the_worst_answer_stands_for_its_area() -> None:
    probes = (
        Probe("eu-west-1: AWS Config records", Answer.AS_DECLARED),
        Probe("us-east-1: AWS Config records", Answer.DIFFERENT, "nothing is recorded"),
        Probe("orders: plan role can be assumed", Answer.AS_DECLARED),
    )

    assert answers(probes) == {Area.ROLES: Answer.AS_DECLARED, Area.CONFIG: Answer.DIFFERENT}


def test_where_nobody_is_let_in_nothing_is_known_of_any_area() -> None:
    probes = (Probe("all other questions", Answer.DENIED, "sts:AssumeRole"),)

    assert answers(probes) == dict.fromkeys(Area, Answer.DENIED)
