"""A sandbox as after its start before each test, and who is who in its organization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from orchestrator.sandbox.client import ENTRY_ROLE, Sandbox
from tests.sandbox import fleets

HOME, OTHER = fleets.HOME_REGION, fleets.OTHER_REGION
MANAGEMENT, SECURITY = fleets.MANAGEMENT, fleets.SECURITY
MEMBER, OUTSIDER = fleets.PAYMENTS_PROD, fleets.NETWORK
ROOT, UNIT, NESTED_UNIT = fleets.ROOT, "ou-ex01-workload", "ou-ex01-prod0000"


# One session for all clients: botocore reads the model of a service once for each session.
_SESSION: Any = boto3.Session()


@dataclass(frozen=True)
class Cloud:
    """The emulated AWS. MEMBER is below UNIT, in NESTED_UNIT; OUTSIDER is elsewhere."""

    sandbox: Sandbox
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account_id: str = MANAGEMENT, region: str = HOME) -> Any:
        key = (service, account_id, region)
        if key not in self._clients:
            self._clients[key] = self._client(*key)
        return self._clients[key]

    def _client(self, service: str, account_id: str, region: str) -> Any:
        environment = self.sandbox.environment
        return _SESSION.client(
            service,
            region_name=region,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            config=Config(
                proxies={"http": environment["HTTP_PROXY"]}, retries={"total_max_attempts": 1}
            ),
            **self._keys(account_id),
        )

    def _keys(self, account_id: str) -> dict[str, str]:
        environment = self.sandbox.environment
        if account_id == MANAGEMENT:
            return {
                "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
            }
        role = f"arn:aws:iam::{account_id}:role/{ENTRY_ROLE}"
        assumed = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
        keys = assumed["Credentials"]
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }

    def hub(self, account_id: str = SECURITY, region: str = HOME) -> Any:
        return self.client("securityhub", account_id, region)


@pytest.fixture
def cloud(fresh_sandbox: Sandbox) -> Cloud:
    return Cloud(fresh_sandbox)


@pytest.fixture
def administered(cloud: Cloud) -> Cloud:
    """SECURITY is Security Hub's delegated administrator, in both regions."""
    for region in (HOME, OTHER):
        hub = cloud.hub(MANAGEMENT, region)
        hub.enable_organization_admin_account(AdminAccountId=SECURITY)
    return cloud


def error_of(call: Callable[..., Any], **arguments: Any) -> str:
    """The code of the error that a call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])
