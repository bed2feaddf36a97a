"""Resources that are made and changed slowly: at first they are as before, and busy.

A change is taken at once, errors included, and shown when its time is over; meanwhile another
change is refused in the service's own words.
Source: for RDS, Redshift, ElastiCache, DynamoDB, Kinesis, EKS, Inspector and OpenSearch the API
reference's page on the status of the resource, and the errors of the operation that changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.eks.models import EKSBackend
from moto.elasticache.models import ElastiCacheBackend
from moto.inspector2.models import AccountStatus
from moto.kinesis.models import KinesisBackend
from moto.opensearch.models import OpenSearchServiceBackend
from moto.rds.models import RDSBackend
from moto.redshift.models import RedshiftBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.delays import DELAYS


@dataclass(frozen=True, slots=True)
class Slow:
    """Resources of one kind. `things` is where the backend keeps them, `status` what says how they
    are; `made` and `changed` are its values meanwhile, by operation. `busy` refuses.
    """

    backend: type
    things: str
    status: str
    made: Mapping[str, object]
    changed: Mapping[str, object]
    busy: str


ALL = (
    Slow(
        RDSBackend,
        "databases",
        "status",
        {"create_db_instance": "creating"},
        {"modify_db_instance": "modifying"},
        "InvalidDBInstanceState",
    ),
    Slow(
        RDSBackend,
        "clusters",
        "_status",
        {},
        {"modify_db_cluster": "modifying"},
        "InvalidDBClusterStateFault",
    ),
    Slow(
        RedshiftBackend,
        "clusters",
        "status",
        {"create_cluster": "creating"},
        {"modify_cluster": "modifying"},
        "InvalidClusterState",
    ),
    Slow(
        ElastiCacheBackend,
        "replication_groups",
        "status",
        {"create_replication_group": "creating"},
        {"modify_replication_group": "modifying"},
        "InvalidReplicationGroupState",
    ),
    Slow(
        DynamoDBBackend,
        "tables",
        "status",
        {},
        {"update_table": "UPDATING", "update_continuous_backups": "ACTIVE"},
        "ResourceInUseException",
    ),
    Slow(
        KinesisBackend,
        "streams",
        "status",
        {"create_stream": "CREATING"},
        {
            "start_stream_encryption": "UPDATING",
            "increase_stream_retention_period": "UPDATING",
            "stop_stream_encryption": "UPDATING",
            "decrease_stream_retention_period": "UPDATING",
        },
        "ResourceInUseException",
    ),
    Slow(
        EKSBackend,
        "clusters",
        "status",
        {"create_cluster": "CREATING"},
        {"update_cluster_config": "UPDATING"},
        "ResourceInUseException",
    ),
    Slow(
        OpenSearchServiceBackend,
        "domains",
        "processing",
        {"create_domain": True},
        {"update_domain_config": True},
        "ConflictException",
    ),
)


def install() -> None:
    for slow in ALL:
        for name, word in (*slow.made.items(), *slow.changed.items()):
            change = partial(_later, slow, word)
            change.__name__ = name  # type: ignore[attr-defined]
            extend.amend(slow.backend, name, HELD.setdefault((slow.backend, name), change))
    extend.amend(Table, "describe", described)
    extend.amend(AccountStatus, "toggle", toggled)


def described(original: Callable[..., Any], self: Any, base_key: str = "TableDescription") -> Any:
    """moto says of every table that it is active."""
    answer = original(self, base_key)
    if getattr(self, "is_held", False):
        answer[base_key]["TableStatus"] = self.status
    return answer


def toggled(
    original: Callable[..., Any], self: Any, resource_types: Sequence[str], enable: bool
) -> None:
    """A scan is being turned on or off first.

    Source: Amazon Inspector API Reference, State, status: ENABLING, DISABLING.
    """
    was = dict(vars(self))
    original(self, resource_types, enable)
    after = {key: value for key, value in vars(self).items() if was[key] != value}
    if DELAYS.lasts("resource"):
        vars(self).update(dict.fromkeys(after, "ENABLING" if enable else "DISABLING"))
        DELAYS.later("resource", lambda: vars(self).update(after))


HELD: dict[tuple[type, str], Callable[..., Any]] = {}
"""The amendments, each of which is made once."""


def _later(
    slow: Slow, word: object, original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any
) -> Any:
    if not DELAYS.lasts("resource"):
        return original(self, *args, **kwargs)
    things = getattr(self, slow.things)
    before = {key: (thing, _copied(vars(thing))) for key, thing in list(things.items())}
    answer = original(self, *args, **kwargs)
    for key, thing in list(things.items()):
        if key not in before:
            _hold(slow, word, thing, _copied(vars(thing)))
            continue
        old, was = before[key]
        if vars(thing) == was:
            continue
        if was.get("is_held"):
            things[key] = old
            _put(old, was)
            raise extend.AwsError(slow.busy, f"{key} is being changed; try again later.")
        _hold(slow, word, thing, was)
    return answer


def _put(thing: Any, values: Mapping[str, Any]) -> None:
    vars(thing).clear()
    vars(thing).update(values)


def _hold(slow: Slow, word: object, thing: Any, was: dict[str, Any]) -> None:
    after = _copied(vars(thing))
    _put(thing, {**was, slow.status: word, "is_held": True})
    DELAYS.later("resource", lambda: _put(thing, after))


def _copied(value: Any) -> Any:
    """What is in containers, and the things themselves as they are."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list | set | tuple) and type(value) in (list, set, tuple):
        return type(value)(_copied(each) for each in value)
    return value
