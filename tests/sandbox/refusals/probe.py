"""What a probe is: a call that AWS takes, and what is wrong with others of its kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from orchestrator.sandbox.client import Sandbox

Params = dict[str, Any]
Row = tuple[str, Any, str]
"""What is wrong, the change or what makes it on a bench, the code."""

GONE = object()
"""The value of a member that is left out."""


@dataclass
class Bench:
    """An account in a running sandbox, whose clients send whatever they are told to."""

    sandbox: Sandbox
    account: str
    region: str
    made: dict[str, Any] = field(default_factory=dict)
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: str = "", region: str = "") -> Any:
        key = (service, account or self.account, region or self.region)
        if key not in self.clients:
            session = self.session(key[1])
            proxies = {"http": self.sandbox.environment["HTTP_PROXY"]}
            self.clients[key] = session.client(
                service,
                region_name=key[2],
                endpoint_url=self.sandbox.environment["AWS_ENDPOINT_URL"],
                config=Config(
                    parameter_validation=False, proxies=proxies, retries={"total_max_attempts": 1}
                ),
            )
        return self.clients[key]

    def session(self, account: str) -> Any:
        name = f"session {account}"
        if name not in self.made:
            self.made[name] = self.sandbox.session(account)
        return self.made[name]

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


@dataclass(frozen=True, slots=True)
class Case:
    """An operation with one sane request, and rows of (what is wrong, change to it, AWS's code)."""

    service: str
    operation: str
    sane: Callable[[Bench], Params]
    rows: Sequence[Row]
    source: str
    management: bool = False
    """Whether the organization's management account asks."""

    def client(self, bench: Bench) -> Any:
        return bench.client(self.service, MANAGEMENT if self.management else "")


MANAGEMENT = "200000000001"


def changed(sane: Mapping[str, Any], change: Mapping[str, Any]) -> Params:
    """`sane` with some members replaced, or left out where they are GONE."""
    both = {**sane, **change}
    return {name: value for name, value in both.items() if value is not GONE}


def code_of(client: Any, operation: str, params: Mapping[str, Any]) -> str:
    """The error code that a call ends with; '' when it is accepted."""
    try:
        getattr(client, operation)(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; without a resource where that is None."""
    held = {} if resource is None else {"Resource": resource}
    return {"Effect": "Allow", "Action": action, **held, **more}


def trust(principal: Any, **more: Any) -> str:
    return document(allow("sts:AssumeRole", None, Principal=principal, **more))
