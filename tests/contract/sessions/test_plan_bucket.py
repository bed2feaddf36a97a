"""Stored plans in the state bucket, with keys that reach one run's and do one thing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.aws.run_copies import (
    FILE,
    READS,
    REMOVES,
    WRITES,
    Archive,
    StateBucketPlans,
    plan_policy,
    prefix_of,
)
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import ORDERS, ORGANIZATION, WEB, a_keyring

BUCKET, HOME = ORGANIZATION.facts.state.bucket, ORGANIZATION.facts.home_region
RUN, OTHER = "20260601-120000-abcd", "20260602-120000-abcd"


@pytest.fixture
def plans(sandbox: Sandbox) -> Iterator[StateBucketPlans]:
    """Of a bucket without plans."""
    yield StateBucketPlans(a_keyring(sandbox), ORGANIZATION)
    for name in names(sandbox):
        sandbox.client("s3").delete_object(Bucket=BUCKET, Key=name)


def names(sandbox: Sandbox) -> list[str]:
    listed = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="plans/")
    return [item["Key"] for item in listed.get("Contents", [])]


def a_run(folder: Path) -> Path:
    """Plans of two stacks as they are kept."""
    for key in (ORDERS, WEB):
        place = folder / key.account_id / key.stack
        place.mkdir(parents=True)
        for name in ("plan.tfplan", "plan.json", "scan.json"):
            (place / name).write_bytes(f"{key} {name}".encode())
    (folder / "manifest.json").write_text("{}")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def test_plans_are_fetched_elsewhere_as_they_were_put(
    plans: StateBucketPlans, tmp_path: Path
) -> None:
    plans.put(RUN, a_run(tmp_path / "here"))
    there = tmp_path / "there" / "plans"

    plans.fetch(RUN, there)

    assert content(there / RUN) == content(tmp_path / "here")
    assert plans.runs() == (RUN,)
    assert [place.name for place in there.iterdir()] == [RUN]


def test_what_is_fetched_is_for_its_owner_alone(plans: StateBucketPlans, tmp_path: Path) -> None:
    plans.put(RUN, a_run(tmp_path / "here"))

    plans.fetch(RUN, tmp_path / "there")

    place = tmp_path / "there"
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (place, *place.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}


def test_for_an_approval_the_manifest_is_enough(plans: StateBucketPlans, tmp_path: Path) -> None:
    plans.put(RUN, a_run(tmp_path / "here"))

    plans.fetch(RUN, tmp_path / "there", manifest_only=True)

    assert content(tmp_path / "there" / RUN) == {"manifest.json": b"{}"}


def test_what_is_no_plan_is_left_in_the_bucket(
    plans: StateBucketPlans, sandbox: Sandbox, tmp_path: Path
) -> None:
    plans.put(RUN, a_run(tmp_path / "here"))
    for name in ("etc/cron", "notes.txt", "200000000006/account/main.tf"):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=f"plans/{RUN}/{name}", Body=b"")

    plans.fetch(RUN, tmp_path / "there")

    assert content(tmp_path / "there" / RUN) == content(tmp_path / "here")


@pytest.mark.parametrize("name", ["../x", "200000000006/../plan.json", "/etc/x", "manifest.json/x"])
def test_what_leads_elsewhere_is_no_plan(name: str) -> None:
    assert FILE.fullmatch(name) is None


def test_a_run_without_a_manifest_is_not_there(
    plans: StateBucketPlans, sandbox: Sandbox, tmp_path: Path
) -> None:
    key = f"plans/{RUN}/200000000006/account/plan.tfplan"
    sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")

    with pytest.raises(UsageError, match="no plans of run"):
        plans.fetch(RUN, tmp_path / "there")


@pytest.mark.parametrize("run", ["*", "../journal", "", "20260601-120000-abcd/../x"])
def test_what_is_no_run_becomes_part_of_no_policy(plans: StateBucketPlans, run: str) -> None:
    with pytest.raises(UsageError, match="is not the id of a run"):
        plans.approval(run)


def test_an_approval_is_found_beside_the_plans(plans: StateBucketPlans, tmp_path: Path) -> None:
    (tmp_path / "approval").write_text("signed")
    before = plans.approval(RUN)

    plans.approve(RUN, tmp_path / "approval")

    assert (before, plans.approval(RUN), plans.approval(OTHER)) == ("", "signed", "")


def test_the_copy_of_a_journal_is_read(
    plans: StateBucketPlans, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / f"{RUN}.journal"
    journal.write_text('{"v":1}\n')
    Archive(a_keyring(sandbox), ORGANIZATION)(journal, last=True)

    assert (plans.journal(RUN), plans.journal(OTHER)) == (b'{"v":1}\n', b"")


def test_what_is_carried_out_is_removed_and_with_the_last_plan_the_rest(
    plans: StateBucketPlans, sandbox: Sandbox, tmp_path: Path
) -> None:
    plans.put(RUN, a_run(tmp_path / "here"))
    plans.put(OTHER, tmp_path / "here")

    plans.remove(RUN, [ORDERS])
    kept = [name for name in names(sandbox) if RUN in name]
    plans.remove(RUN, [WEB])

    stack = f"plans/{RUN}/{WEB.account_id}/account"
    wanted = [f"{stack}/{name}" for name in ("plan.json", "plan.tfplan", "scan.json")]
    assert kept == [*wanted, f"plans/{RUN}/manifest.json"]
    assert len(names(sandbox)) == 7
    assert all(OTHER in name for name in names(sandbox))


def test_what_cannot_be_removed_is_a_warning(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = ORGANIZATION.facts.state.model_copy(update={"bucket": "no-such-bucket-here"})
    facts = ORGANIZATION.facts.model_copy(update={"state": elsewhere})

    with caplog.at_level(logging.WARNING):
        StateBucketPlans(a_keyring(sandbox), replace(ORGANIZATION, facts=facts)).remove(RUN, [WEB])

    assert f"the plans of run {RUN} stay in the bucket until they expire" in caplog.text


@pytest.mark.parametrize(
    ("action", "allowed"), [(READS, "GetObject"), (WRITES, "PutObject"), (REMOVES, "DeleteObject")]
)
def test_keys_do_one_thing_with_one_run(sandbox: Sandbox, action: str, allowed: str) -> None:
    mine, others = f"plans/{RUN}/manifest.json", f"plans/{OTHER}/manifest.json"
    for key in (mine, others):
        sandbox.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")
    keys = a_keyring(sandbox).start_keys(plan_policy(BUCKET, prefix_of(RUN), HOME, action))
    session = AwsSession(sandbox.environment, HOME).acting_as(keys, "", "runner")

    session.call("s3", "ListObjectsV2", Bucket=BUCKET, Prefix=prefix_of(RUN))
    session.call("s3", allowed, Bucket=BUCKET, Key=mine)
    for operation, key in (
        *((other, mine) for other in {"GetObject", "PutObject", "DeleteObject"} - {allowed}),
        (allowed, others),
        (allowed, "200000000006/account/terraform.tfstate"),
        (allowed, f"journal/{RUN}.jsonl"),
    ):
        with pytest.raises(AwsDenied):
            session.call("s3", operation, Bucket=BUCKET, Key=key)
    for prefix in (prefix_of(OTHER), "plans/", ""):
        with pytest.raises(AwsDenied):
            session.call("s3", "ListObjectsV2", Bucket=BUCKET, Prefix=prefix)
    for key in (mine, others):
        sandbox.client("s3").delete_object(Bucket=BUCKET, Key=key)
