"""Reads of one account and region, each made once however many controls ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError


class Clients(Protocol):
    """boto3 clients of the account that is looked at."""

    def __call__(self, service: str, region: str | None = None) -> Any:
        """A client of `service`, in the scope's region unless another is named."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What is evaluated. `home` is where global resources are looked at."""

    account: str
    region: str
    home: str
    partition: str = "aws"


class Reader:
    """Answers of AWS, remembered for as long as the reader lives: one evaluation."""

    def __init__(self, scope: Scope, clients: Clients) -> None:
        self.scope = scope
        self.client = clients
        self._known: dict[object, Any] = {}

    def all(self, service: str, operation: str, *path: str, **given: Any) -> list[Any]:
        """Every page of a listing. `path` are the keys to the list; lists on the way are joined."""
        key = (service, operation, path, repr(sorted(given.items())))
        if key not in self._known:
            self._known[key] = self._listed(service, operation, path, given)
        found: list[Any] = self._known[key]
        return found

    def get(
        self, service: str, operation: str, *path: str, absent: tuple[str, ...] = (), **given: Any
    ) -> Any:
        """What one answer says under `path`; None where it says nothing.

        `absent` are the error codes by which AWS says that there is nothing.
        """
        key = (service, operation, "", repr(sorted(given.items())))
        if key not in self._known:
            try:
                self._known[key] = getattr(self.client(service), operation)(**given)
            except ClientError as error:
                if error.response["Error"]["Code"] not in absent:
                    raise
                self._known[key] = None
        return dig(self._known[key], *path)

    def arn(self, service: str, rest: str, *, account: bool = True, region: bool = True) -> str:
        scope = self.scope
        place = (scope.region if region else "", scope.account if account else "")
        return f"arn:{scope.partition}:{service}:{place[0]}:{place[1]}:{rest}"

    def _listed(
        self, service: str, operation: str, path: tuple[str, ...], given: Mapping[str, Any]
    ) -> list[Any]:
        client = self.client(service)
        if client.can_paginate(operation):
            pages = client.get_paginator(operation).paginate(**given)
        else:
            pages = [getattr(client, operation)(**given)]
        found = list(pages)
        for key in path:
            nested = [each.get(key) or [] for each in found]
            found = [item for items in nested for item in _items(items)]
        return found


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def dig(value: Any, *path: str) -> Any:
    """What is under `path`, None where a step is missing."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
