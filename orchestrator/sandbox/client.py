"""boto3 clients of a running sandbox, for tests and the demo."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.loaders import Loader

from orchestrator.sealed import NO_FILES, sealed

ENTRY_ROLE = "OrganizationAccountAccessRole"


LOADER = Loader()
"""Shared: the models of AWS's services are large, and reading them is what makes a client slow."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `environment` makes any process talk to it."""

    port: int
    environment: Mapping[str, str]
    home: Path

    def client(
        self,
        service: str,
        account_id: str | None = None,
        role: str | None = None,
        region: str | None = None,
    ) -> Any:
        """A client as the management account's administrator, or as a role of an account."""
        keys = self._keys(account_id, role)
        with _MAKING:
            return self.made(_shared(), service, region, **keys)

    def made(self, session: Any, service: str, region: str | None = None, **keys: str) -> Any:
        """A client with the keys of `session`, or those that are given."""
        return session.client(
            service,
            region_name=region or self.environment["AWS_REGION"],
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            config=Config(proxies={"http": self.environment["HTTP_PROXY"]}),
            **keys,
        )

    def session(self, account_id: str | None = None, role: str | None = None) -> boto3.Session:
        """Keys of the administrator; of `role` in `account_id` where one of them is given."""
        return _session(**self._keys(account_id, role))

    def _keys(self, account_id: str | None, role: str | None) -> dict[str, str]:
        if account_id is None:
            names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            return {name.lower(): self.environment[name] for name in names}
        arn = f"arn:aws:iam::{account_id}:role/{role or ENTRY_ROLE}"
        sts = self.client("sts")
        keys = sts.assume_role(RoleArn=arn, RoleSessionName="sandbox")["Credentials"]
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }

    def faults(self, *faults: str, seed: int = 0) -> None:
        """Put faults in force instead of all others: 'securityhub:*:throttle:0.1'."""
        self.control("PUT", "faults", {"faults": list(faults), "seed": seed})

    def delays(self, *seconds: str, failing: Sequence[str] = ()) -> None:
        """Say what is late, as 'association=5', and what fails, as 'association:<target>=why'.

        Instead of what was said before; what is on its way already keeps its time.
        """
        self.control("PUT", "delays", {"seconds": list(seconds), "failing": list(failing)})

    def advance(self, seconds: float) -> int:
        """Let time pass at once; how much is still on its way then."""
        answer: Any = self.control("POST", "advance", {"seconds": seconds})
        left: int = answer["left"]
        return left

    def reset(self) -> None:
        """Forget everything but the fleet; keys and faults of before are gone too."""
        self.control("POST", "reset", {})

    def messages(self) -> list[dict[str, Any]]:
        """What topics were told, oldest first: time, account, region, topic, subject and texts."""
        answer: Any = self.control("GET", "messages", {})
        found: list[dict[str, Any]] = answer["messages"]
        return found

    def confirm(self) -> None:
        """Let everybody who was asked confirm their subscription to a topic."""
        self.control("POST", "confirm", {})

    def tick(self) -> None:
        """Let every schedule of EventBridge come due once, now."""
        self.control("POST", "tick", {})

    def deliver(self) -> int:
        """Let CloudTrail deliver what has been called so far, now; how many records."""
        answer: Any = self.control("POST", "trail", {})
        delivered: int = answer["delivered"]
        return delivered

    def expire(self) -> None:
        """End the keys of every role that was assumed so far."""
        self.control("POST", "expire", {})

    def control(self, method: str, endpoint: str, body: object) -> object:
        """Call an endpoint of the sandbox itself. Raises ValueError when it refuses."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, f"/_sandbox/{endpoint}", json.dumps(body))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(text)
        value: object = json.loads(text)
        return value


_MAKING = Lock()
"""One thread at a time makes a client of the shared session; each may use its own."""


@cache
def _shared() -> boto3.Session:
    """For clients that bring keys of their own: to make a session takes longer than a client."""
    return _session()


def _session(**keys: str) -> boto3.Session:
    shared = sealed(NO_FILES)
    shared.register_component("data_loader", LOADER)
    return boto3.Session(**keys, botocore_session=shared)
