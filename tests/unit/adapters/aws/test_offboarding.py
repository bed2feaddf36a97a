from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.offboarding import OWN_RIGHTS, StateBucketArchive
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import UsageError
from orchestrator.model.inventory import KeptState
from orchestrator.model.names import AccountId, StackKey, StackName

ORDERS = AccountId("200000000007")
ACCOUNT = StackKey(ORDERS, "orders", StackName.ACCOUNT)
LIVE, ARCHIVED = ACCOUNT.state_key, f"archive/{ACCOUNT.state_key}"


@dataclass
class Bucket:
    """The state bucket as one principal may use it."""

    objects: dict[str, bytes]
    may: frozenset[str] = frozenset({"ListObjectsV2", "PutObject"})
    calls: list[str] = field(default_factory=list)

    def call(self, _service: str, operation: str, **asked: Any) -> Any:
        self.calls.append(operation)
        if operation not in self.may:
            raise Refused("1", "a role", f"s3:{operation}", "no", "AccessDenied")
        if operation == "ListObjectsV2":
            return {"Contents": self.pages("s3", operation, "Contents", **asked)}
        if operation == "PutObject":
            self.objects[asked["Key"]] = asked["Body"]
        if operation == "DeleteObject":
            del self.objects[asked["Key"]]
        return {}

    def pages(self, *_: str, **asked: Any) -> list[dict[str, str]]:
        return [{"Key": key} for key in sorted(self.objects) if key.startswith(asked["Prefix"])]

    def read(self, _bucket: str, key: str) -> bytes:
        return self.objects[key]


@dataclass
class World:
    objects: dict[str, bytes]
    callers_rights: frozenset[str] = frozenset({"DeleteObject"})

    @property
    def archive(self) -> StateBucketArchive:
        runner = Bucket(self.objects)
        caller = Bucket(self.objects, self.callers_rights)
        held = SimpleNamespace(start=lambda: runner, runner=lambda: runner, caller=caller)
        return StateBucketArchive(cast(CredentialCache, held), "states")


@pytest.mark.parametrize(
    ("objects", "live", "archived"),
    [
        ({LIVE: b"3"}, True, False),
        ({LIVE: b"3", ARCHIVED: b"3"}, True, True),
        ({LIVE: b"4", ARCHIVED: b"3"}, True, False),
        ({ARCHIVED: b"3"}, False, True),
    ],
)
def test_a_state_is_archived_when_the_archive_holds_the_same_or_the_last_one(
    objects: dict[str, bytes], live: bool, archived: bool
) -> None:
    others = {"200000000008/account/terraform.tfstate": b"9", f"{LIVE}.tflock": b"", "x/y/z": b""}

    found = World({**objects, **others}).archive.states(ORDERS, "orders")

    assert found == (KeptState(ACCOUNT, live, archived),)


def test_every_stack_of_the_account_is_found() -> None:
    security = StackKey(ORDERS, "orders", StackName.SECURITY)

    found = World({LIVE: b"1", security.state_key: b"2"}).archive.states(ORDERS, "orders")

    assert [state.key for state in found] == [security, ACCOUNT]


def test_archiving_leaves_the_state_where_it_is() -> None:
    world = World({LIVE: b"3"})

    world.archive.archive(ACCOUNT)

    assert world.objects == {LIVE: b"3", ARCHIVED: b"3"}


def test_a_state_is_removed_only_while_the_archive_holds_the_same() -> None:
    world = World({LIVE: b"4", ARCHIVED: b"3"})

    with pytest.raises(UsageError, match="is not archived as it is now"):
        world.archive.remove(ACCOUNT)
    world.archive.archive(ACCOUNT)
    world.archive.remove(ACCOUNT)

    assert world.objects == {ARCHIVED: b"4"}


def test_a_state_is_removed_with_the_callers_own_rights_and_never_with_the_runners() -> None:
    world = World({LIVE: b"3", ARCHIVED: b"3"}, callers_rights=frozenset())

    with pytest.raises(Refused) as refused:
        world.archive.remove(ACCOUNT)

    assert refused.value.fix == OWN_RIGHTS
    assert LIVE in world.objects
