"""What only the doors of AWS have: roles after roles, keys that end, keys narrowed to a state."""

from __future__ import annotations

from configparser import ConfigParser
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.sessions import AwsSessions
from orchestrator.errors import AwsDenied
from orchestrator.model.facts import Access
from orchestrator.model.organization import Organization
from orchestrator.ports import Entry, Purpose
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import (
    BASE,
    BOOTSTRAP,
    ORDERS,
    ORGANIZATION,
    WEB,
    a_keyring,
    make_role,
)

BUCKET = ORGANIZATION.facts.state.bucket


def _with_access(**changes: str) -> Organization:
    access = Access(**{**dict(ORGANIZATION.facts.access), **changes})
    return replace(ORGANIZATION, facts=ORGANIZATION.facts.model_copy(update={"access": access}))


def _profile(entry: Entry, name: str) -> Credentials:
    parser = ConfigParser()
    parser.read(entry.env["AWS_SHARED_CREDENTIALS_FILE"])
    found = parser[name]
    return Credentials(
        found["aws_access_key_id"],
        found["aws_secret_access_key"],
        found.get("aws_session_token", ""),
    )


def _as_profile(sandbox: Sandbox, entry: Entry, name: str) -> AwsSession:
    caller = AwsSession(sandbox.environment, ORGANIZATION.facts.home_region)
    return caller.acting_as(_profile(entry, name), "", name)


def test_roles_are_assumed_under_the_name_of_the_run(sandbox: Sandbox) -> None:
    session = a_keyring(sandbox).session(ORDERS.account_id, Purpose.PLAN)

    assert session.identity().arn.endswith("assumed-role/orchestrator-plan/orchestrator-run-1")


def test_a_wrong_external_id_lets_nobody_in(sandbox: Sandbox) -> None:
    credential_cache = a_keyring(sandbox, _with_access(external_id="another"))

    with pytest.raises(AwsDenied, match="AccessDenied"):
        credential_cache.keys(ORDERS.account_id, Purpose.PLAN)


def test_keys_are_kept_until_ten_minutes_before_they_end(sandbox: Sandbox) -> None:
    times = [datetime.now(UTC)]
    caller = AwsSession(sandbox.environment, ORGANIZATION.facts.home_region)
    management = ORGANIZATION.management.id
    credential_cache = CredentialCache(
        caller, ORGANIZATION.facts, management, "1", clock=lambda: times[-1]
    )

    first = credential_cache.keys(ORDERS.account_id, Purpose.PLAN)
    times.append(times[0] + timedelta(minutes=49))
    second = credential_cache.keys(ORDERS.account_id, Purpose.PLAN)
    times.append(times[0] + timedelta(minutes=51))
    third = credential_cache.keys(ORDERS.account_id, Purpose.PLAN)

    assert first == second
    assert third.access_key != first.access_key


def test_without_a_runner_role_the_way_out_is_the_bootstrap(sandbox: Sandbox) -> None:
    organization = _with_access(runner_role="not-there-yet")
    sessions = AwsSessions(a_keyring(sandbox, organization), organization, BASE)

    with pytest.raises(AwsDenied, match=r"(?s)not-there-yet.*orchestrator bootstrap"):
        sessions.has_state(ORDERS)


def test_the_bootstrap_enters_three_accounts_without_a_runner_role(sandbox: Sandbox) -> None:
    organization = _with_access(runner_role="not-there-yet")
    sessions = AwsSessions(a_keyring(sandbox, organization), organization, BASE)

    with sessions.open(BOOTSTRAP, Purpose.APPLY) as entry:
        accounts = {
            name: _as_profile(sandbox, entry, name).identity().account
            for name in ("200000000001", "200000000002", "200000000003", "state")
        }

    assert accounts == {
        "200000000001": "200000000001",
        "200000000002": "200000000002",
        "200000000003": "200000000003",
        "state": "200000000001",
    }
    assert sessions.has_state(BOOTSTRAP) is False


def test_a_caller_who_is_the_runner_needs_no_other_keys(sandbox: Sandbox) -> None:
    keys = a_keyring(sandbox).start_keys()
    environment = {
        **sandbox.environment,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token,
    }
    caller = AwsSession(environment, ORGANIZATION.facts.home_region)
    credential_cache = CredentialCache(caller, ORGANIZATION.facts, ORGANIZATION.management.id, "1")

    assert credential_cache.start_keys("any policy").access_key == keys.access_key
    assert credential_cache.keys(ORDERS.account_id, Purpose.PLAN)


def test_the_state_profile_of_a_plan_reads_its_own_state_and_nothing_else(
    sandbox: Sandbox,
) -> None:
    sessions = AwsSessions(a_keyring(sandbox), ORGANIZATION, BASE)
    for key in (ORDERS, WEB):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=key.state_key, Body=b"{}")

    with sessions.open(ORDERS, Purpose.PLAN) as entry:
        state = _as_profile(sandbox, entry, "state")
        assert state.read(BUCKET, ORDERS.state_key) == b"{}"
        with pytest.raises(AwsDenied, match="AccessDenied"):
            state.read(BUCKET, WEB.state_key)
        with pytest.raises(AwsDenied, match="AccessDenied"):
            state.call("s3", "PutObject", Bucket=BUCKET, Key=ORDERS.state_key, Body=b"")


def test_the_state_profile_of_an_apply_writes_its_own_state_and_lock(sandbox: Sandbox) -> None:
    sessions = AwsSessions(a_keyring(sandbox), ORGANIZATION, BASE)
    lock = f"{ORDERS.state_key}.tflock"

    with sessions.open(ORDERS, Purpose.APPLY) as entry:
        state = _as_profile(sandbox, entry, "state")
        state.call("s3", "PutObject", Bucket=BUCKET, Key=lock, Body=b"locked")
        state.call("s3", "PutObject", Bucket=BUCKET, Key=ORDERS.state_key, Body=b"{}")
        state.call("s3", "DeleteObject", Bucket=BUCKET, Key=lock)
        with pytest.raises(AwsDenied, match="AccessDenied"):
            state.call("s3", "PutObject", Bucket=BUCKET, Key=WEB.state_key, Body=b"")


def test_a_role_that_the_run_just_made_is_waited_for(sandbox: Sandbox) -> None:
    pauses: list[float] = []
    caller = AwsSession(sandbox.environment, ORGANIZATION.facts.home_region)
    facts, management = ORGANIZATION.facts, ORGANIZATION.management.id

    def make_it(pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 2:
            iam = sandbox.client("iam", "200000000010")
            runner = f"arn:aws:iam::{management}:role/{facts.access.runner_role}"
            make_role(iam, facts.access.plan_role, runner, facts.access.external_id)

    credential_cache = CredentialCache(caller, facts, management, "1", sleep=make_it)
    credential_cache.keys("200000000010", Purpose.ENTRY)

    assert credential_cache.keys("200000000010", Purpose.PLAN)
    assert pauses == [1.0, 2.0]


def test_a_role_that_was_there_before_the_run_is_not_waited_for(sandbox: Sandbox) -> None:
    pauses: list[float] = []
    caller = AwsSession(sandbox.environment, ORGANIZATION.facts.home_region)
    management = ORGANIZATION.management.id
    credential_cache = CredentialCache(
        caller, ORGANIZATION.facts, management, "1", sleep=pauses.append
    )

    with pytest.raises(AwsDenied):
        credential_cache.keys(WEB.account_id, Purpose.PLAN)

    assert pauses == []
