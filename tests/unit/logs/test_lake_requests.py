"""Athena and OpenSearch cannot run here: what they would be sent is checked to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from botocore.awsrequest import AWSRequest

from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.lake.opensearch import Endpoint, OpenSearchLake, signed
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.logs.event import event
from orchestrator.logs.json_path import as_text, at, compact
from orchestrator.logs.lake.athena import SCALARS, athena_event, athena_query
from orchestrator.logs.lake.opensearch import opensearch_body
from orchestrator.logs.lake.question import (
    About,
    Anything,
    By,
    Calls,
    Question,
    Scope,
    Touching,
    Window,
    WithId,
)
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from tests.cloudtrail import ACCOUNT, REGION, START, record, shapes

WINDOW = Window(START, START + timedelta(days=2))
SCOPE = Scope((ACCOUNT,), (REGION,))
EVIL = "x' OR 1=1; DROP TABLE t --\"}]"
KEYS = Credentials("AKIAEXAMPLE", "secret", "token")
ABOUT: dict[str, About] = {
    "touching": Touching((EVIL, "sg-1")),
    "by": By((EVIL,), (EVIL,), (EVIL,)),
    "ids": WithId((EVIL,)),
    "calls": Calls((EVIL,)),
    "anything": Anything(),
}


def test_athena_is_asked_with_pruned_partitions_and_bound_values() -> None:
    table = "amazon_security_lake_table_eu_west_1_cloud_trail_mgmt_2_0"
    asked = athena_query(Question(WithId(("e1",)), WINDOW, SCOPE), "lake_db", table, "soc", rows=51)

    assert asked.sql.endswith(
        f'FROM "lake_db"."{table}" '
        "WHERE ((time_dt >= CAST(? AS timestamp) AND time_dt <= CAST(? AS timestamp) "
        "AND time >= ? AND time < ?) "
        "AND (accountid IN (?) AND region IN (?)) AND (metadata.uid IN (?))) "
        "ORDER BY time, metadata.uid LIMIT 51"
    )
    assert asked.parameters == (
        *("'2026-03-01 00:00:00'", "'2026-03-03 00:00:01'", "1772323200000", "1772496000000"),
        *(f"'{ACCOUNT}'", f"'{REGION}'", "'e1'"),
    )
    assert asked.request()["WorkGroup"] == "soc"
    assert "ResultConfiguration" not in asked.request()


def test_athena_writes_results_where_it_is_told() -> None:
    question = Question(WithId(("e1",)), WINDOW, SCOPE)

    asked = athena_query(question, "lake_db", "table", "soc", "s3://results/here/")

    assert asked.request()["ResultConfiguration"] == {"OutputLocation": "s3://results/here/"}


@pytest.mark.parametrize("about", ABOUT)
def test_nothing_of_a_value_is_ever_in_athenas_text(about: str) -> None:
    asked = athena_query(Question(ABOUT[about], WINDOW, SCOPE), "db", "t", "w")

    assert "DROP" not in asked.sql
    assert asked.sql.count("?") == len(asked.parameters)
    for parameter in asked.parameters:
        inner = parameter[1:-1] if parameter.startswith("'") else parameter
        assert "'" not in inner.replace("''", "")


@pytest.mark.parametrize("name", ['t"; --', "T", "", "a.b"])
def test_a_table_that_is_no_plain_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        athena_query(Question(Anything(), WINDOW), "db", name, "w")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("amazon_security_lake_table_eu_west_1_ext_linux_1_0", "not a table of an AWS source"),
        ("amazon_security_lake_table_eu_west_1_cloud_trail_mgmt_1_0", "not a table of an AWS"),
        ("amazon_security_lake_table_eu_west_1_vpc_flow_2_0", "holds no calls"),
    ],
)
def test_a_table_with_other_columns_is_told_from_cloudtrails(table: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        athena_query(Question(Anything(), WINDOW), "db", table, "w")


@pytest.mark.parametrize("name", shapes())
def test_a_row_of_athena_is_the_event_it_was(name: str) -> None:
    ocsf = to_ocsf(shapes()[name])
    row = {p: as_text(v) if (v := at(ocsf, p)) is not None else None for p in SCALARS}
    uids = [as_text(at(each, "uid")) for each in ocsf.get("resources", [])]  # type: ignore[attr-defined]
    row |= {"resources": " ".join(filter(None, uids)), "unmapped": compact(ocsf["unmapped"])}

    read, whole = athena_event(row), event(ocsf)

    assert (read.uid, read.time, read.resources) == (whole.uid, whole.time, whole.resources)
    assert (read.parameters, read.answer) == (whole.parameters, whole.answer)
    assert (read.actor.arn, read.actor.mfa) == (whole.actor.arn, whole.actor.mfa)
    assert read.actor.source_identity == whole.actor.source_identity


@pytest.mark.parametrize("about", ABOUT)
def test_a_search_of_opensearch_holds_values_only_as_strings(about: str) -> None:
    body = opensearch_body(Question(ABOUT[about], WINDOW, SCOPE))

    found = json.loads(json.dumps(body))
    assert found == body
    keys = set(walk(found))
    assert EVIL not in keys
    filters = found["query"]["bool"]["filter"]
    assert filters[0] == {"range": {"time": {"gte": 1772323200000, "lt": 1772496000000}}}
    assert [each["bool"]["should"][0] for each in filters[1:3]] == [
        {"terms": {"cloud.account.uid": [ACCOUNT]}},
        {"terms": {"cloud.region": [REGION]}},
    ]


def walk(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in walk(inner))]
    return [key for each in value for key in walk(each)] if isinstance(value, list) else []


@pytest.mark.parametrize("service", ["es", "aoss"])
def test_a_search_is_signed_for_its_service_and_region(service: str) -> None:
    endpoint = Endpoint("https://logs.example.com", REGION, "ocsf-6003-*", service)

    request = signed(opensearch_body(Question(Anything(), WINDOW)), endpoint, KEYS)

    signature = request.headers["Authorization"]
    assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert f"/{REGION}/{service}/aws4_request" in signature
    assert request.headers["X-Amz-Security-Token"] == "token"
    assert ("X-Amz-Content-SHA256" in request.headers) == (service == "aoss")
    assert request.url == "https://logs.example.com/ocsf-6003-*/_search"


def test_no_signature_is_sent_without_tls() -> None:
    with pytest.raises(UsageError, match="not an https address"):
        signed({}, Endpoint("http://logs.example.com", REGION, "x"), KEYS)


def answering(*pages: object, status: int = 200) -> Callable[[AWSRequest], tuple[int, str]]:
    left = list(pages)
    return lambda _request: (status, json.dumps(left.pop(0)))


def test_opensearch_is_read_page_after_page_and_only_what_matches_is_kept() -> None:
    def hit(uid: str, group: str) -> dict[str, object]:
        call = record("DeleteSecurityGroup", eventID=uid, requestParameters={"groupId": group})
        return {"_source": to_ocsf(call), "sort": [1, uid]}

    pages: tuple[dict[str, object], ...] = (
        {"hits": {"hits": [hit("a", "sg-1"), hit("b", "sg-1-2")]}},
        {"hits": {"hits": [hit("c", "sg-1")]}},
        {"hits": {"hits": []}},
    )
    endpoint = Endpoint("https://logs.example.com", REGION, "ocsf-*")
    lake = OpenSearchLake(endpoint, lambda: KEYS, answering(*pages))

    found = lake.ask(Question(Touching(("sg-1",)), WINDOW))

    assert [each.uid for each in found.events] == ["a", "c"]


def test_a_refusal_of_opensearch_is_denied_and_not_empty() -> None:
    endpoint = Endpoint("https://logs.example.com", REGION, "ocsf-*")
    lake = OpenSearchLake(endpoint, lambda: KEYS, answering({"error": "no"}, status=403))

    with pytest.raises(AwsDenied, match="403"):
        lake.ask(Question(Anything(), WINDOW))
