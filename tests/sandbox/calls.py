"""What the tests of the sandbox say over and over."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from orchestrator.sandbox.client import Sandbox

SESSION: Any = boto3.Session("none", "none")
"""One for all clients: botocore reads the model of a service once for each session."""


def error_of(call: Callable[..., Any], **arguments: Any) -> tuple[str, int]:
    """Code and HTTP status of the error that a call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def message_of(call: Callable[..., Any], **arguments: Any) -> str:
    """The words of the error that a call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Message"])


def until(holds: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Wait for something that takes its time; `what` is what has not come by the end."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what}: not after {seconds:.0f} s"
        time.sleep(0.2)


def a_client(
    sandbox: Sandbox,
    service: str,
    key: str,
    secret: str | None = None,
    token: str | None = None,
) -> Any:
    """A client with keys of the test's choosing, that tries once."""
    return SESSION.client(
        service,
        aws_access_key_id=key,
        aws_secret_access_key=secret or "a secret",
        aws_session_token=token,
        region_name=sandbox.environment["AWS_REGION"],
        endpoint_url=sandbox.environment["AWS_ENDPOINT_URL"],
        config=Config(
            proxies={"http": sandbox.environment["HTTP_PROXY"]}, retries={"total_max_attempts": 1}
        ),
    )


def with_keys(sandbox: Sandbox, service: str, credentials: dict[str, Any]) -> Any:
    """A client with what AssumeRole or CreateAccessKey gave."""
    return a_client(
        sandbox,
        service,
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials.get("SessionToken"),
    )


def a_policy(*actions: str, effect: str = "Allow", resource: str = "*", **more: object) -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def a_trust_policy(principal: object, **more: object) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def a_role(
    sandbox: Sandbox, account_id: str, name: str, trust_policy: str, policy: str | None = None
) -> str:
    """Make a role in an account; its ARN."""
    iam = sandbox.client("iam", account_id)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy)["Role"]
    if policy:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    return str(role["Arn"])
