"""The table and its fake, held to the same."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from orchestrator.findings.table import DynamoTable, Item, Key, Table
from tests.unit.findings.a_world import HOME, FakeTable

KEY = Key("finding#1", "state")
LATER = 2_000_000_000


def make_table(client: object, name: str = "orchestrator-remediation") -> None:
    client.create_table(  # type: ignore[attr-defined]
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(params=["fake", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    if request.param == "fake":
        yield FakeTable()
        return
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=HOME)
        client = session.client("dynamodb")
        make_table(client)
        yield DynamoTable(client, "orchestrator-remediation")


def test_what_is_written_is_read(table: Table) -> None:
    assert table.get(KEY) is None
    assert table.put(Item(KEY, {"a": ["é", 1, None]}), LATER)

    assert table.get(KEY) == Item(KEY, {"a": ["é", 1, None]}, 1)


def test_of_two_writers_only_the_first_writes(table: Table) -> None:
    assert table.put(Item(KEY, {"by": "one"}), LATER)
    assert not table.put(Item(KEY, {"by": "two"}), LATER)
    assert table.put(Item(KEY, {"by": "one again"}, 1), LATER)
    assert not table.put(Item(KEY, {"by": "two again"}, 1), LATER)

    assert table.get(KEY) == Item(KEY, {"by": "one again"}, 2)


def test_what_has_changed_meanwhile_is_not_deleted(table: Table) -> None:
    table.put(Item(KEY, {}), LATER)
    table.put(Item(KEY, {}, 1), LATER)

    assert not table.delete(KEY, 1)
    assert table.delete(KEY, 2)
    assert table.get(KEY) is None


def test_a_partition_is_read_in_order_and_up_to_a_limit(table: Table) -> None:
    for name in "cab":
        table.put(Item(Key("day", name), {"name": name}), LATER)
    table.put(Item(Key("other", "x"), {}), LATER)

    assert [item.key.sk for item in table.query("day")] == ["a", "b", "c"]
    assert [item.key.sk for item in table.query("day", 2)] == ["a", "b"]


def test_items_are_written_together_or_not_at_all(table: Table) -> None:
    one, two = Key("budget", "control"), Key("budget", "total")

    assert table.put_all([Item(one, {"n": 1}), Item(two, {"n": 1})], LATER)
    assert not table.put_all([Item(one, {"n": 2}, 1), Item(two, {"n": 2})], LATER)

    assert table.get(one) == Item(one, {"n": 1}, 1)
    assert table.put_all([Item(one, {"n": 2}, 1), Item(two, {"n": 2}, 1)], LATER)
    assert table.get(two) == Item(two, {"n": 2}, 2)
