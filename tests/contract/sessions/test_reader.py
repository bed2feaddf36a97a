"""Runs that start as the reader role: they plan and look, and nothing else, whatever they try."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from orchestrator.adapters.aws.conformance import AwsConformance
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.run_copies import Archive, StateBucketPlans
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.sessions import AwsSessions
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model.run import Answer
from orchestrator.ports import Purpose
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import (
    BASE,
    BOOTSTRAP,
    ORDERS,
    ORGANIZATION,
    WEB,
    a_keyring,
    allow,
    make_role,
)

FACTS, HOME = ORGANIZATION.facts, ORGANIZATION.facts.home_region
BUCKET, EXTERNAL_ID = FACTS.state.bucket, FACTS.access.external_id


def a_reader(
    sandbox: Sandbox, keys: Credentials | None = None, *, told: bool = True
) -> CredentialCache:
    """Of a caller who is told to start as the reader, or who is it, with `keys` of their own."""
    caller = AwsSession(sandbox.environment, HOME)
    by = caller.acting_as(keys, ORGANIZATION.management.id, "given") if keys else caller
    return CredentialCache(by, FACTS, ORGANIZATION.management.id, "run 1", reader=told)


def test_the_reader_enters_an_account_by_its_plan_role(sandbox: Sandbox) -> None:
    session = a_reader(sandbox).session(ORDERS.account_id, Purpose.PLAN)

    assert session.identity().arn.endswith("assumed-role/orchestrator-plan/orchestrator-run-1")


def test_a_caller_who_is_the_reader_starts_as_it_without_being_told(sandbox: Sandbox) -> None:
    keys = a_reader(sandbox).start_keys()

    credential_cache = a_reader(sandbox, keys, told=False)

    assert credential_cache.reads_only
    assert credential_cache.start_keys("any policy") == keys
    assert credential_cache.keys(ORDERS.account_id, Purpose.PLAN)


def test_an_account_that_does_not_know_the_reader_yet_is_to_be_applied_first(
    sandbox: Sandbox,
) -> None:
    iam = sandbox.client("iam", "200000000011")
    runner = f"arn:aws:iam::{ORGANIZATION.management.id}:role/{FACTS.access.runner_role}"
    make_role(iam, FACTS.access.plan_role, runner, EXTERNAL_ID)

    with pytest.raises(AwsDenied, match=r"(?s)AccessDenied.*apply the account once more"):
        a_reader(sandbox).keys("200000000011", Purpose.PLAN)


@pytest.mark.parametrize("purpose", [Purpose.APPLY, Purpose.ENTRY])
def test_whatever_changes_something_is_refused_before_aws_is_asked(
    sandbox: Sandbox, purpose: Purpose
) -> None:
    sessions = AwsSessions(a_reader(sandbox), ORGANIZATION, BASE)
    log = sandbox.home / "requests.jsonl"
    before = log.stat().st_size

    with (
        pytest.raises(AwsDenied, match=r"(?s)reader role changes nothing.*as the runner role"),
        sessions.open(ORDERS, purpose),
    ):
        pass

    assert "AssumeRole" not in log.read_text()[before:]


def test_the_bootstrap_is_not_for_readers(sandbox: Sandbox) -> None:
    sessions = AwsSessions(a_reader(sandbox), ORGANIZATION, BASE)

    with (
        pytest.raises(AwsDenied, match="reader role changes nothing"),
        sessions.open(BOOTSTRAP, Purpose.ENTRY),
    ):
        pass


def test_neither_locks_nor_the_findings_function_are_for_readers(sandbox: Sandbox) -> None:
    reader = a_reader(sandbox)

    with pytest.raises(AwsDenied, match="reader role changes nothing"):
        reader.runner()
    with pytest.raises(AwsDenied, match="reader role changes nothing"):
        reader.through_runner(ORDERS.account_id, "orchestrator-findings", EXTERNAL_ID)


def test_what_aws_refuses_the_reader_does_not_depend_on_us(sandbox: Sandbox) -> None:
    reader = a_reader(sandbox).start()

    for role in (FACTS.access.apply_role, FACTS.access.entry_role):
        with pytest.raises(AwsDenied, match="AccessDenied"):
            reader.assume(f"arn:aws:iam::{ORDERS.account_id}:role/{role}", "by-hand", EXTERNAL_ID)
    for operation in ("PutObject", "DeleteObject"):
        with pytest.raises(AwsDenied, match="AccessDenied"):
            reader.call("s3", operation, Bucket=BUCKET, Key=ORDERS.state_key)


def test_a_run_that_changes_accounts_does_not_begin_as_the_reader(sandbox: Sandbox) -> None:
    is_one = a_reader(sandbox, a_reader(sandbox).start_keys(), told=False)

    for credential_cache in (a_reader(sandbox), is_one):
        with pytest.raises(UsageError, match=r"(?s)'orchestrator-reader' only reads.*--reader"):
            credential_cache.changing()


def test_nor_as_somebody_who_may_be_nothing_but_the_reader(sandbox: Sandbox) -> None:
    """Such as the role of the CI's jobs that plan."""
    iam, home = sandbox.client("iam"), ORGANIZATION.management.id
    make_role(iam, "ci-that-plans", f"arn:aws:iam::{home}:root")
    allow(iam, "ci-that-plans", "sts:AssumeRole", f"arn:aws:iam::{home}:role/orchestrator-reader")
    caller = AwsSession(sandbox.environment, HOME)
    keys = caller.assume(f"arn:aws:iam::{home}:role/ci-that-plans", "job")

    with pytest.raises(AwsDenied, match=r"(?s)orchestrator-runner.*start as the reader role"):
        a_reader(sandbox, keys, told=False).changing()
    assert a_reader(sandbox, keys).keys(ORDERS.account_id, Purpose.PLAN)


def test_a_run_that_changes_accounts_begins_as_the_runner(sandbox: Sandbox) -> None:
    a_keyring(sandbox).changing()


def test_the_state_is_read_with_keys_that_read_it_alone(sandbox: Sandbox) -> None:
    for key in (ORDERS, WEB):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=key.state_key, Body=b"{}")
    sessions = AwsSessions(a_reader(sandbox), ORGANIZATION, BASE)

    with sessions.open(ORDERS, Purpose.PLAN) as entry:
        assert entry.role.endswith("role/orchestrator-plan")
    assert sessions.has_state(ORDERS)


def test_the_reader_stores_plans_once_and_approves_none(sandbox: Sandbox, tmp_path: Path) -> None:
    run, folder = "20260607-120000-abcd", tmp_path / "plans"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    plans = StateBucketPlans(a_reader(sandbox), ORGANIZATION)

    plans.put(run, folder)
    (folder / "manifest.json").write_text("another")
    with pytest.raises(AwsDenied, match="PreconditionFailed"):
        plans.put(run, folder)
    with pytest.raises(AwsDenied, match="reader role changes nothing"):
        plans.approve(run, folder / "manifest.json")

    s3 = sandbox.client("s3")
    kept = s3.get_object(Bucket=BUCKET, Key=f"plans/{run}/manifest.json")["Body"].read()
    s3.delete_object(Bucket=BUCKET, Key=f"plans/{run}/manifest.json")
    assert kept == b"{}"


def test_what_is_stored_is_not_written_over_by_hand_either(sandbox: Sandbox) -> None:
    reader, key = a_reader(sandbox).start(), "plans/20260608-120000-abcd/manifest.json"
    reader.call("s3", "PutObject", Bucket=BUCKET, Key=key, Body=b"{}", IfNoneMatch="*")

    with pytest.raises(AwsDenied, match="AccessDenied"):
        reader.call("s3", "PutObject", Bucket=BUCKET, Key=key, Body=b"another")
    with pytest.raises(AwsDenied, match="AccessDenied"):
        reader.call("s3", "DeleteObject", Bucket=BUCKET, Key=key)

    sandbox.client("s3").delete_object(Bucket=BUCKET, Key=key)


def test_a_journal_is_copied_once_when_it_has_ended(
    sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal, key = tmp_path / "20260609-120000-abcd.journal", "journal/20260609-120000-abcd.jsonl"
    archive = Archive(a_reader(sandbox), ORGANIZATION)

    journal.write_text("begun\n")
    archive(journal, last=False)
    journal.write_text("ended\n")
    archive(journal, last=True)
    journal.write_text("changed\n")
    with caplog.at_level(logging.WARNING):
        archive(journal, last=True)

    kept = sandbox.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert kept == b"ended\n"
    assert "PreconditionFailed" in caplog.text


def test_the_reader_is_not_asked_for_roles_that_are_not_its_own(sandbox: Sandbox) -> None:
    conformance = AwsConformance(a_reader(sandbox), ORGANIZATION)

    probes = conformance.inspect(ORGANIZATION.named("orders"), ORDERS)

    roles = {probe.what: probe.answer for probe in probes if "role can be assumed" in probe.what}
    assert roles == {"orders: plan role can be assumed": Answer.AS_DECLARED}
