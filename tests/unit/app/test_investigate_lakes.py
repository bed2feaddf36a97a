from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.lake.lookup import LookupLake
from orchestrator.app.investigate import FINDING, account_of
from orchestrator.cli.main import run
from orchestrator.errors import AwsDenied, OrchestratorError
from orchestrator.logs.investigate.subject import subject
from orchestrator.logs.lake.question import Lake, NoLake
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.facts import SiemKind
from orchestrator.wiring.lakes import Athena, OpenSearch, endpoint, lake_bucket, readable, reading
from tests.memory_lake import MemoryLake


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--index", "ocsf-*"],
        ["--endpoint", "http://logs.example.com", "--index", "ocsf-*"],
    ],
    ids=["nothing", "no endpoint", "no TLS"],
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


def test_the_lake_is_entered_with_keys_that_find_its_bucket_and_read_no_other() -> None:
    statements = json.loads(reading("aws-security-data-lake-eu-west-1-*"))["Statement"]

    everywhere = [each["Action"] for each in statements if each["Resource"] == "*"]
    assert everywhere == [["kms:Decrypt"], ["s3:ListAllMyBuckets"]]


def test_the_lakes_bucket_is_found_by_its_region_whatever_id_is_behind_it() -> None:
    names = ["other", "aws-security-data-lake-us-east-1-b", "aws-security-data-lake-eu-west-1-a"]
    aws = Aws({"ListBuckets": {"Buckets": [{"Name": name} for name in names]}})

    assert lake_bucket(aws.session, "eu-west-1") == "aws-security-data-lake-eu-west-1-a"
    with pytest.raises(NoLake, match="ap-northeast-1"):
        lake_bucket(aws.session, "ap-northeast-1")


@pytest.mark.parametrize(
    ("kind", "answers", "address"),
    [
        (SiemKind.OPENSEARCH, {"DomainStatus": {"Endpoints": {"vpc": "v.es"}}}, "https://v.es"),
        (SiemKind.OPENSEARCH, {"DomainStatus": {"Endpoint": "p.es"}}, "https://p.es"),
        (
            SiemKind.SERVERLESS,
            {"collectionDetails": [{"collectionEndpoint": "https://c.aoss"}]},
            "https://c.aoss",
        ),
        (SiemKind.SERVERLESS, {"collectionDetails": []}, ""),
        (SiemKind.NONE, {}, ""),
    ],
)
def test_the_declared_siem_is_asked_where_terraform_has_made_it(
    kind: SiemKind, answers: Mapping[str, object], address: str
) -> None:
    aws = Aws({"DescribeDomain": answers, "BatchGetCollection": answers})

    assert endpoint(aws.session, kind) == address
    assert all("orchestrator-siem" in str(given) for given in aws.asked)


@pytest.mark.parametrize(
    ("about", "account"),
    [
        ("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d", "111122223333"),
        ("AWS::::Account:111122223333", "111122223333"),
        ("arn:aws:s3:::payments-data", ""),
        ("alice@example.com", ""),
    ],
)
def test_the_event_history_is_that_of_the_account_a_resource_is_in(
    about: str, account: str
) -> None:
    assert account_of(subject(about)) == account


@pytest.mark.parametrize(
    "error",
    [AwsDenied("1", "entry", "sts:AssumeRole", "no"), NoLake("s3://logs: no lake", "wait")],
    ids=["denied", "empty"],
)
def test_where_the_lake_cannot_be_read_the_event_history_says_why_it_is_asked(
    error: OrchestratorError,
) -> None:
    def refuse() -> Lake:
        raise error

    found = readable(refuse, lambda why: LookupLake(Aws({}).session, "eu-west-1", why=why))

    assert found.limits[0] == f"the lake could not be read: {error.message}"
    assert "90 days" in found.limits[1]


def test_a_lake_that_can_be_read_is_asked_and_nothing_else() -> None:
    lake = MemoryLake(())

    assert readable(lambda: lake, pytest.fail) is lake


@dataclass
class Aws:
    """Answers calls by their name, and keeps what was asked."""

    answers: Mapping[str, object]
    asked: list[Mapping[str, object]] = field(default_factory=list)

    def call(self, _: str, operation: str, region: str = "", **given: object) -> object:
        assert not region
        self.asked += [given] if given else []
        return self.answers[operation]

    @property
    def session(self) -> AwsSession:
        return cast("AwsSession", self)


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
