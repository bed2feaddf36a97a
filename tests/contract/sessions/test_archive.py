"""Copies of journals, with keys that may write one object and nothing else."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters.aws.run_copies import Archive, journal_policy
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import ORGANIZATION, a_keyring

BUCKET, HOME = ORGANIZATION.facts.state.bucket, ORGANIZATION.facts.home_region


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    file = tmp_path / "20260601-120000-abcd.journal"
    file.write_text('{"v":1}\n')
    return file


def test_a_journal_is_copied_whole_and_again(sandbox: Sandbox, journal: Path) -> None:
    archive = Archive(a_keyring(sandbox), ORGANIZATION)

    archive(journal, last=False)
    with journal.open("a") as file:
        file.write('{"v":1,"event":"ended"}\n')
    archive(journal, last=True)

    key = "journal/20260601-120000-abcd.jsonl"
    kept = sandbox.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert kept == journal.read_bytes()


def test_its_keys_write_that_object_and_do_nothing_else(sandbox: Sandbox) -> None:
    credential_cache = a_keyring(sandbox)
    narrowed = journal_policy(BUCKET, "journal/mine.jsonl", HOME)
    caller = AwsSession(sandbox.environment, HOME)
    session = caller.acting_as(credential_cache.start_keys(narrowed), "", "runner")

    session.call("s3", "PutObject", Bucket=BUCKET, Key="journal/mine.jsonl", Body=b"")
    for operation, key in (
        ("PutObject", "journal/other.jsonl"),
        ("PutObject", "200000000006/account/terraform.tfstate"),
        ("GetObject", "journal/mine.jsonl"),
        ("DeleteObject", "journal/mine.jsonl"),
    ):
        with pytest.raises(AwsDenied):
            session.call("s3", operation, Bucket=BUCKET, Key=key)


def test_a_copy_that_cannot_be_made_is_a_warning(
    sandbox: Sandbox, journal: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = ORGANIZATION.facts.state.model_copy(update={"bucket": "no-such-bucket-here"})
    facts = ORGANIZATION.facts.model_copy(update={"state": elsewhere})

    with caplog.at_level(logging.WARNING):
        Archive(a_keyring(sandbox), replace(ORGANIZATION, facts=facts))(journal, last=True)

    assert "the journal is not copied to s3://no-such-bucket-here/journal/" in caplog.text


def test_the_policy_names_one_object() -> None:
    statements = json.loads(journal_policy(BUCKET, "journal/mine.jsonl", HOME))["Statement"]

    assert statements[0]["Resource"] == f"arn:aws:s3:::{BUCKET}/journal/mine.jsonl"
    assert statements[0]["Action"] == "s3:PutObject"
