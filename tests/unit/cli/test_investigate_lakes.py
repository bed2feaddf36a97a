from __future__ import annotations

import json

import pytest

from orchestrator.cli.investigate import FINDING
from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode
from orchestrator.wiring.lakes import Athena, OpenSearch, reading


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--endpoint", "https://logs.example.com"],
        ["--index", "ocsf-*"],
        ["--endpoint", "http://logs.example.com", "--index", "ocsf-*"],
    ],
    ids=["nothing", "no index", "no endpoint", "no TLS"],
)
def test_opensearch_without_an_address_says_what_to_give(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["investigate", "alice@example.com", "--lake", "opensearch", *given])

    assert code == ExitCode.CONFIGURATION
    assert "give --endpoint https://" in capsys.readouterr().err


def test_athena_is_asked_for_security_lakes_table_unless_told_otherwise() -> None:
    found = Athena().of("eu-west-1")

    assert found.database == "amazon_security_lake_glue_db_eu_west_1"
    assert found.table == "amazon_security_lake_table_eu_west_1_cloud_trail_mgmt_2_0"
    assert Athena(table="mine").of("eu-west-1").table == "mine"


@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        ("https://abc123.eu-west-1.aoss.amazonaws.com", "aoss"),
        ("https://vpc-logs-x.eu-west-1.es.amazonaws.com/", "es"),
        ("https://logs.example.com/.aoss./", "es"),
    ],
)
def test_the_address_says_what_requests_are_signed_for(endpoint: str, service: str) -> None:
    assert OpenSearch(endpoint, "ocsf-*").service == service


def test_the_archive_is_entered_with_keys_that_read_one_bucket_and_nothing_else() -> None:
    statements = json.loads(reading("logs-cloudtrail"))["Statement"]

    actions = {action for each in statements for action in each["Action"]}
    assert actions == {"s3:ListBucket", "s3:GetObject", "kms:Decrypt"}
    places = {each["Resource"] for each in statements if each["Action"] != ["kms:Decrypt"]}
    assert places == {"arn:aws:s3:::logs-cloudtrail", "arn:aws:s3:::logs-cloudtrail/*"}


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.13/finding/0a", True),
        (
            "arn:aws:securityhub:eu-west-1:111122223333:subscription/aws-foundational/v/1.0.0/"
            "EC2.13/finding/0a",
            True,
        ),
        ("arn:aws:securityhub:eu-west-1:111122223333:hub/default", False),
        ("arn:aws:s3:::finding/x", False),
        ("alice@example.com", False),
    ],
)
def test_a_findings_id_is_told_from_other_arns(word: str, is_one: bool) -> None:
    assert bool(FINDING.match(word)) is is_one
