"""The one DynamoDB table: items by key, written on condition.

An item is a JSON object in one attribute. Python decides about its value, and writes it on
condition that its version is still the one that was read; also several at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

Json = Mapping[str, Any]


class Key(NamedTuple):
    """Partition and sort key; the table's attributes are 'pk' and 'sk'."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Item:
    """What stands under a key. Version 0: nothing yet."""

    key: Key
    data: Json
    version: int = 0


class Table(Protocol):
    """What the router keeps between invocations."""

    def get(self, key: Key) -> Item | None:
        """The item as it is now, read consistently."""

    def put(self, item: Item, expires: int) -> bool:
        """Write, unless the version there is not the item's any more. `expires`: seconds, UTC."""

    def delete(self, key: Key, version: int | None = None) -> bool:
        """Remove what is there, unless it is of another version; whether it was removed."""

    def query(self, pk: str, limit: int = 1000) -> tuple[Item, ...]:
        """The items of a partition, in the order of their sort keys."""

    def put_all(self, items: Sequence[Item], expires: int) -> bool:
        """Write all of them as `put` would, or none; whether they were written."""


class DynamoTable:
    """The table in DynamoDB. `client` is boto3's."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, key: Key) -> Item | None:
        answer = self._client.get_item(
            TableName=self._name, Key=_attributes(key), ConsistentRead=True
        )
        return _item(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, expires: int) -> bool:
        return self._unless_changed(
            self._client.put_item, TableName=self._name, **_put(item, expires)
        )

    def delete(self, key: Key, version: int | None = None) -> bool:
        condition: dict[str, Any] = {}
        if version is not None:
            condition = {
                "ConditionExpression": "item_version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        return self._unless_changed(
            self._client.delete_item, TableName=self._name, Key=_attributes(key), **condition
        )

    def _unless_changed(self, call: Any, **arguments: Any) -> bool:
        try:
            call(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def query(self, pk: str, limit: int = 1000) -> tuple[Item, ...]:
        found: list[Item] = []
        start: dict[str, Any] = {}
        while len(found) < limit:
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": pk}},
                Limit=limit - len(found),
                ConsistentRead=True,
                **start,
            )
            found += map(_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return tuple(found)

    def put_all(self, items: Sequence[Item], expires: int) -> bool:
        puts = [{"Put": {"TableName": self._name, **_put(item, expires)}} for item in items]
        try:
            self._client.transact_write_items(TransactItems=puts)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = error.response.get("CancellationReasons", [])
            if {reason.get("Code") for reason in reasons} - OTHERS:
                raise
            return False
        return True


OTHERS = frozenset({"None", "ConditionalCheckFailed", "TransactionConflict"})
"""Why a transaction was cancelled, when all that happened is that another one was at the items.

Source: Amazon DynamoDB API Reference, TransactWriteItems.
"""


def _put(item: Item, expires: int) -> dict[str, Any]:
    """On condition that nobody has written it since."""
    values = {":version": {"N": str(item.version)}}
    return {
        "Item": {
            **_attributes(item.key),
            "data": {"S": json.dumps(item.data, ensure_ascii=False)},
            "item_version": {"N": str(item.version + 1)},
            "expires_at": {"N": str(expires)},
        },
        "ConditionExpression": (
            "item_version = :version" if item.version else "attribute_not_exists(pk)"
        ),
        **({"ExpressionAttributeValues": values} if item.version else {}),
    }


def _attributes(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _item(attributes: Any) -> Item:
    key = Key(attributes["pk"]["S"], attributes["sk"]["S"])
    data = json.loads(attributes["data"]["S"]) if "data" in attributes else {}
    return Item(key, data, int(attributes.get("item_version", {"N": "0"})["N"]))
