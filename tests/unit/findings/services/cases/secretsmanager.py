from __future__ import annotations

import io
import time
import zipfile
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from orchestrator.findings.remediation import Aws
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
