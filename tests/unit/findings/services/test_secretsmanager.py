from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from moto.secretsmanager.models import secretsmanager_backends

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.secretsmanager import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case

NOWHERE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:nowhere-AbCdEf"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotate"
WITHOUT_DOCKER = {"lambda": {"use_docker": False}}
DAY = 86400


def secret(name: str = "orders", days: int = 0, **state: Any) -> Builder:
    """A secret of this age; `state` are attributes of moto's own."""

    def build(aws: Aws) -> str:
        client = aws("secretsmanager")
        arn = client.create_secret(Name=name, SecretString="not-a-secret", Tags=TAG_LIST)["ARN"]
        if not days and not state:
            return str(arn)
        found = secretsmanager_backends["123456789012"]["eu-west-1"].secrets[name]
        found.created_date = int(time.time()) - days * DAY
        for key, value in state.items():
            setattr(found, key, value)
        return str(arn)

    return build


def rotated(name: str, days: int, last: int) -> Builder:
    return secret(
        name,
        days,
        rotation_enabled=True,
        rotation_requested=True,
        auto_rotate_after_days=30,
        last_rotation_date=int(time.time()) - last * DAY,
    )


def with_a_function(build: Builder) -> Builder:
    def made(aws: Aws) -> str:
        role = aws("iam").create_role(
            RoleName="rotate", AssumeRolePolicyDocument=cycle.trusting("lambda")
        )["Role"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("rotate.py", "def handler(event, context): pass")
        aws("lambda").create_function(
            FunctionName="rotate",
            Runtime="python3.12",
            Handler="rotate.handler",
            Role=role["Arn"],
            Code={"ZipFile": code.getvalue()},
        )
        return build(aws)

    return made


CASES = (
    Case(
        "SecretsManager.1",
        with_a_function(secret()),
        rotated("fine", 1, 1),
        NOWHERE,
        {"function": FUNCTION},
        moto=WITHOUT_DOCKER,
    ),
    Case("SecretsManager.3", secret(days=91), secret("fine", days=90), NOWHERE),
    Case("SecretsManager.4", rotated("orders", 400, 91), rotated("fine", 400, 90), NOWHERE),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("SecretsManager.1", secret()), "sets no 'function'"),
        (Case("SecretsManager.4", secret(days=91)), "it has no rotation"),
    ],
    ids=str,
)
def test_what_would_break_clients_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)
