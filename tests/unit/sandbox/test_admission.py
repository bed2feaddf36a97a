from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends

from orchestrator.sandbox.admission import federation
from orchestrator.sandbox.callers import ACCOUNT_HEADER
from orchestrator.sandbox.exchange import Answer, Exchange
from orchestrator.sandbox.operations import parameters, resolve
from tests.sandbox.tokens import GITHUB, GITLAB, a_token

ACCOUNT = "200000000001"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs"
MINE = "repo:example/accounts:environment:production"
INWARDS, KEYS = Answer(403, [], b"no key"), Answer(200, [], b"keys")


@pytest.fixture(autouse=True)
def _made() -> Iterator[None]:
    """An account that knows GitHub's tokens, and a role for one kind of job."""
    iam = iam_backends[ACCOUNT]["aws"]
    provider = iam.create_open_id_connect_provider(
        f"https://{GITHUB}", [], ["sts.amazonaws.com"], []
    )
    claims = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": MINE}
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider.arn},
        "Condition": {"StringEquals": claims},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role("jobs", policy, "/", None, "", [], "3600")
    yield
    BackendDict.reset()


def asked(token: str, role: str = ROLE, *, key: str = "") -> tuple[Answer, Exchange]:
    """The answer to a job that brings `token`; with `key` the request is signed as well."""
    wish = {"Action": "AssumeRoleWithWebIdentity", "RoleArn": role, "WebIdentityToken": token}
    environ: dict[str, object] = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    if key:
        scope = f"{key}/20261123/us-east-1/sts/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={scope}, Signature=x"
    exchange = Exchange(environ, urlencode(wish).encode())
    exchange.call = resolve(exchange)
    exchange.parameters = parameters(exchange)
    return federation(lambda _: INWARDS, lambda _: KEYS)(exchange), exchange


def test_a_job_that_the_role_trusts_is_given_keys_of_its_account() -> None:
    answer, exchange = asked(a_token(MINE))

    assert answer is KEYS
    assert exchange.environ[ACCOUNT_HEADER] == ACCOUNT
    assert exchange.allowed


@pytest.mark.parametrize(
    "subject",
    [
        "repo:example/accounts:pull_request",
        "repo:example/accounts:environment:production-2",
        "repo:stranger/accounts:environment:production",
        "",
    ],
)
def test_another_job_is_refused(subject: str) -> None:
    answer, _ = asked(a_token(subject))

    assert (answer.status, answer.code) == (403, "AccessDenied")


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
def test_a_token_of_another_kind_opens_nothing(token: str, code: str) -> None:
    answer, _ = asked(token)

    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize("role", [f"{ROLE}-2", ROLE.replace(ACCOUNT, "200000000002"), "jobs", ""])
def test_a_role_that_is_not_there_lets_nobody_in(role: str) -> None:
    answer, _ = asked(a_token(MINE), role)

    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_requests_with_a_key_are_for_the_layers_within() -> None:
    answer, _ = asked(a_token(MINE), key="AKIAEXAMPLE")

    assert answer is INWARDS
