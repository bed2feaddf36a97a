"""The one DynamoDB table: items by key, conditional writes, and counters with a limit.

An item is a JSON object in one attribute. Python decides about its value, and writes it on
condition that its version is still the one that was read.
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


class Limit(NamedTuple):
    """A counter, and how far it may go."""

    key: Key
    most: int


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

    def take(self, limits: Sequence[Limit], expires: int) -> int | None:
        """Add one to every counter, or to none; the first that was full, None if none was."""


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
        values = {":version": {"N": str(item.version)}}
        condition = "item_version = :version" if item.version else "attribute_not_exists(pk)"
        return self._unless_changed(
            self._client.put_item,
            TableName=self._name,
            Item={
                **_attributes(item.key),
                "data": {"S": json.dumps(item.data, ensure_ascii=False)},
                "item_version": {"N": str(item.version + 1)},
                "expires_at": {"N": str(expires)},
            },
            ConditionExpression=condition,
            **({"ExpressionAttributeValues": values} if item.version else {}),
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

    def take(self, limits: Sequence[Limit], expires: int) -> int | None:
        if (empty := _empty(limits)) is not None:
            return empty
        try:
            self._client.transact_write_items(
                TransactItems=[{"Update": self._increment(limit, expires)} for limit in limits]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = error.response.get("CancellationReasons", [])
            codes = [reason.get("Code") for reason in reasons]
            if "ConditionalCheckFailed" not in codes:
                raise  # two at the same time: the caller tries again
            return codes.index("ConditionalCheckFailed")
        return None

    def _increment(self, limit: Limit, expires: int) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "Key": _attributes(limit.key),
            "UpdateExpression": "SET expires_at = :expires ADD taken :one",
            "ConditionExpression": "attribute_not_exists(taken) OR taken < :most",
            "ExpressionAttributeValues": {
                ":expires": {"N": str(expires)},
                ":one": {"N": "1"},
                ":most": {"N": str(limit.most)},
            },
        }


def _empty(limits: Sequence[Limit]) -> int | None:
    """A counter that does not exist yet meets every condition, also that of a limit of 0."""
    return next((index for index, limit in enumerate(limits) if limit.most <= 0), None)


def _attributes(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _item(attributes: Any) -> Item:
    key = Key(attributes["pk"]["S"], attributes["sk"]["S"])
    data = json.loads(attributes["data"]["S"]) if "data" in attributes else {}
    return Item(key, data, int(attributes.get("item_version", {"N": "0"})["N"]))
