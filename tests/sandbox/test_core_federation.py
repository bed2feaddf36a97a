"""AssumeRoleWithWebIdentity: jobs of a CI that have a token, and no key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import error_of, with_keys
from tests.sandbox.fleets import MANAGEMENT
from tests.sandbox.tokens import GITHUB, GITLAB, a_token

PROVIDER = f"arn:aws:iam::{MANAGEMENT}:oidc-provider/{GITHUB}"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/federation-jobs"
MINE = "repo:example/accounts:environment:production"
TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": PROVIDER},
    "Condition": {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": MINE}},
}


@pytest.fixture(scope="module")
def sts(sandbox: Sandbox) -> Iterator[Any]:
    """STS for somebody without a key, in an account with a provider and a role.

    They go again: the rest of these tests may come later, to the same sandbox.
    """
    iam = sandbox.client("iam")
    iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"])
    policy = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    iam.create_role(RoleName="federation-jobs", AssumeRolePolicyDocument=policy)
    session: Any = boto3.Session()
    yield session.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=sandbox.environment["AWS_ENDPOINT_URL"],
        config=Config(
            signature_version=UNSIGNED, proxies={"http": sandbox.environment["HTTP_PROXY"]}
        ),
    )
    iam.delete_role(RoleName="federation-jobs")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)


def wish(token: str, role: str = ROLE) -> dict[str, str]:
    return {"RoleArn": role, "RoleSessionName": "job-1", "WebIdentityToken": token}


def test_a_job_that_the_role_trusts_is_let_in(sandbox: Sandbox, sts: Any) -> None:
    keys = sts.assume_role_with_web_identity(**wish(a_token(MINE)))["Credentials"]

    identity = with_keys(sandbox, "sts", keys).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{MANAGEMENT}:assumed-role/federation-jobs/job-1"


@pytest.mark.parametrize(
    "subject",
    [
        "repo:example/accounts:pull_request",
        "repo:example/accounts:environment:production-2",
        "repo:stranger/accounts:environment:production",
        "repo:example/accounts:ref:refs/heads/environment:production",
    ],
)
def test_another_job_is_not(sts: Any, subject: str) -> None:
    refused = error_of(sts.assume_role_with_web_identity, **wish(a_token(subject)))

    assert refused == ("AccessDenied", 403)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (a_token(MINE, issuer=GITLAB), "InvalidIdentityToken"),
        (a_token(MINE, audience="https://github.com/example"), "InvalidIdentityToken"),
        (a_token(MINE, seconds=-1), "ExpiredTokenException"),
        ("no.token.atall", "InvalidIdentityToken"),
        ("nothing", "InvalidIdentityToken"),
    ],
    ids=["unknown signer", "another audience", "over", "unreadable", "no token"],
)
def test_a_token_of_another_kind_opens_nothing(sts: Any, token: str, code: str) -> None:
    assert error_of(sts.assume_role_with_web_identity, **wish(token)) == (code, 400)


def test_a_role_that_is_not_there_lets_nobody_in(sts: Any) -> None:
    nowhere = wish(a_token(MINE), f"{ROLE}-2")

    assert error_of(sts.assume_role_with_web_identity, **nowhere) == ("AccessDenied", 403)


def test_whoever_has_a_key_needs_a_token_all_the_same(sandbox: Sandbox) -> None:
    sts = sandbox.client("sts")

    assert error_of(sts.assume_role, RoleArn=ROLE, RoleSessionName="by-hand") == (
        "AccessDenied",
        403,
    )
