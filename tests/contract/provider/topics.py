"""A topic, created and read through a provider connection as Terraform does it."""

from __future__ import annotations

from dataclasses import dataclass

import msgpack

from tests.contract.provider.wire import each, fields, message
from tests.unit.adapters.provider.workshop import Connection

TYPE = b"aws_sns_topic"
NOTHING = b"\xc0"
"""nil, in msgpack."""


class Refused(Exception):
    """The provider answered with a complaint."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics that one configured connection reaches."""

    connection: Connection

    def create(self, name: str, display_name: str, timeout: float = 60) -> dict[str, object]:
        """Plan and apply a topic. Raises Refused."""
        blank = self._blank()
        config = value({**blank, "name": name, "display_name": display_name})
        planned = self._ask(
            "PlanResourceChange", {1: TYPE, 2: value(None), 3: config, 4: config}, 4
        )
        applied = self._ask(
            "ApplyResourceChange",
            {1: TYPE, 2: value(None), 3: planned[1], 4: config, 5: planned.get(3, b"")},
            3,
            timeout,
        )
        return object_of(applied[1]) or {}

    def read(self, arn: str) -> dict[str, object] | None:
        """The topic as it is; None when it is not there."""
        state = value({**self._blank(), "id": arn, "arn": arn})
        return object_of(self._ask("ReadResource", {1: TYPE, 2: state}, 2)[1])

    def _blank(self) -> dict[str, object]:
        """An empty state comes back with every attribute there is."""
        request = {1: TYPE, 3: message({1: b"{}"})}
        return object_of(self._ask("UpgradeResourceState", request, 2)[1]) or {}

    def _ask(
        self, method: str, request: dict[int, bytes], complaints: int, timeout: float = 60
    ) -> dict[int, bytes]:
        answer = dict(fields(self.connection.ask(method, message(request), timeout)))
        if complaint := answer.get(complaints):
            raise Refused(f"{method}: {fields(complaint)}")
        return answer


def configuration(schemas: bytes, **arguments: object) -> dict[str, object]:
    """A provider block with `arguments`; the provider wants every other attribute, too."""
    blank: dict[str, object] = {}
    block = fields(fields(schemas)[1])[2]
    for number, part in each(block):
        if number in (2, 3):
            blank[fields(part)[1].decode()] = None if number == 2 else []
    return {**blank, **arguments}


def value(content: object) -> bytes:
    packed = NOTHING if content is None else msgpack.packb(content)
    return message({1: packed})


def object_of(encoded: bytes) -> dict[str, object] | None:
    content: dict[str, object] | None = msgpack.unpackb(fields(encoded)[1], strict_map_key=False)
    return content
