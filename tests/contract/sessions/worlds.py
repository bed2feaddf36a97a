"""The same few accounts behind both kinds of doors: `orders` has its roles, `web` has none yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.sessions import AwsSessions
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import Sessions
from orchestrator.sandbox.client import Sandbox
from tests.builders import a_key, an_account, an_organization
from tests.contract.sessions.fake import FakeSessions

BASE = {"PATH": "/usr/bin", "AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "mine"}

ORDERS = a_key(an_account(6, "orders"))
WEB = a_key(an_account(7, "web"))
ORGANIZATION = an_organization((an_account(6, "orders"), an_account(7, "web")))
BOOTSTRAP = a_key(ORGANIZATION.management, StackName.BOOTSTRAP)


class World(Protocol):
    """Doors, and what may be arranged behind them."""

    @property
    def sessions(self) -> Sessions: ...

    def put_state(self, key: StackKey, outputs: Mapping[str, object]) -> None: ...


@dataclass(frozen=True, slots=True)
class FakeWorld:
    sessions: FakeSessions

    def put_state(self, key: StackKey, outputs: Mapping[str, object]) -> None:
        self.sessions.states[key] = bool(outputs.get("orchestrator_roles"))
        self.sessions.identities[key] = "a-lineage:3"


@dataclass(frozen=True, slots=True)
class SandboxWorld:
    sessions: Sessions
    sandbox: Sandbox

    def put_state(self, key: StackKey, outputs: Mapping[str, object]) -> None:
        told = {name: {"value": value} for name, value in outputs.items()}
        state = {"version": 4, "serial": 3, "lineage": "a-lineage", "outputs": told}
        bucket = ORGANIZATION.facts.state.bucket
        self.sandbox.client("s3").put_object(
            Bucket=bucket, Key=key.state_key, Body=json.dumps(state).encode()
        )


def fake_world() -> World:
    return FakeWorld(FakeSessions(BASE, open_to={ORDERS.account_id}))


def sandbox_world(sandbox: Sandbox) -> World:
    credential_cache = a_keyring(sandbox)
    return SandboxWorld(AwsSessions(credential_cache, ORGANIZATION, BASE), sandbox)


def a_keyring(sandbox: Sandbox, organization: Organization = ORGANIZATION) -> CredentialCache:
    """What an administrator of the management account starts from."""
    caller = AwsSession(sandbox.environment, organization.facts.home_region)
    management = organization.management.id
    return CredentialCache(caller, organization.facts, management, "run 1", sleep=lambda _: None)


def furnish(sandbox: Sandbox) -> None:
    """Make what the bootstrap and the account stack of `orders` would have made."""
    facts, home = ORGANIZATION.facts, ORGANIZATION.management.id
    runner = f"arn:aws:iam::{home}:role/{facts.access.runner_role}"
    iam = sandbox.client("iam")
    make_role(iam, facts.access.runner_role, f"arn:aws:iam::{home}:root")
    allow(iam, facts.access.runner_role)
    sandbox.client("s3").create_bucket(
        Bucket=facts.state.bucket,
        CreateBucketConfiguration={"LocationConstraint": facts.home_region},
    )
    reader = f"arn:aws:iam::{home}:role/{facts.access.reader_role}"
    make_role(iam, facts.access.reader_role, f"arn:aws:iam::{home}:root")
    for policy in READS:
        allow(iam, facts.access.reader_role, *policy)
    there = sandbox.client("iam", ORDERS.account_id)
    for role, principals in (
        (facts.access.plan_role, [reader, runner]),
        (facts.access.apply_role, [runner]),
    ):
        make_role(there, role, principals, facts.access.external_id)
        allow(there, role)
    security = sandbox.client("iam", ORGANIZATION.security.id)
    make_role(security, facts.access.plan_role, [reader, runner], facts.access.external_id)
    allow(security, facts.access.plan_role)


BUCKET_ARN = f"arn:aws:s3:::{ORGANIZATION.facts.state.bucket}"
NEW = {"Null": {"s3:if-none-match": "false"}}
READS: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("sts:AssumeRole", f"arn:aws:iam::*:role/{ORGANIZATION.facts.access.plan_role}", {}),
    ("s3:ListBucket", BUCKET_ARN, {}),
    ("s3:GetObject", f"{BUCKET_ARN}/*", {}),
    ("s3:PutObject", f"{BUCKET_ARN}/journal/*.jsonl", NEW),
    ("s3:PutObject", f"{BUCKET_ARN}/plans/*/manifest.json", NEW),
)
"""What modules/runner_roles lets the reader do."""


def make_role(iam: object, name: str, principal: str | list[str], external_id: str = "") -> None:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": principal},
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)  # type: ignore[attr-defined]


def allow(
    iam: object,
    role: str,
    action: str = "*",
    resource: str = "*",
    condition: Mapping[str, object] | None = None,
) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    statement |= {"Condition": condition} if condition else {}  # type: ignore[dict-item]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = f"{action}-{resource}".translate(str.maketrans("*:/", "...")).strip(".")[:64]
    iam.put_role_policy(RoleName=role, PolicyName=name or "all", PolicyDocument=policy)  # type: ignore[attr-defined]
