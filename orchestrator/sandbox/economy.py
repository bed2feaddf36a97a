"""moto with hundreds of accounts in one process: what is the same for all is kept once.

Measured with moto 5.2.5: AWS's managed policies cost 31 MB and a second per account, the default
AMIs of EC2 several MB per account and region, and every object stays in a list for moto's
dashboard after it is gone. The switches for what moto can do by itself are in lifecycle.py.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class
from moto.iam.models import IAMBackend

NOBODY = "000000000000"
"""The account in which AWS's managed policies are parsed; they belong to 'aws' all the same."""


class AwsPolicies(Mapping[str, Any]):
    """AWS's managed policies by ARN, parsed when somebody asks for the first one."""

    def __getitem__(self, arn: str) -> Any:
        if ":iam::aws:policy/" not in arn:
            raise KeyError(arn)
        return _parsed()[arn]

    def __iter__(self) -> Iterator[str]:
        return iter(_parsed())

    def __len__(self) -> int:
        return len(_parsed())


@cache
def _parsed() -> dict[str, Any]:
    owner = IAMBackend.__new__(IAMBackend)
    owner.account_id, owner.region_name, owner.partition = NOBODY, "aws", "aws"
    return {policy.arn: policy for policy in _parse_all(owner)}


_parse_all = IAMBackend._init_aws_policies


class Policies(ChainMap[str, Any]):
    """An account's own policies before AWS's.

    A ChainMap looks each key up again while its values are read; one that another request has
    deleted by then would be a KeyError in the midst of somebody else's call.
    """

    def values(self) -> ValuesView[Any]:
        return self._now().values()

    def items(self) -> ItemsView[str, Any]:
        return self._now().items()

    def _now(self) -> dict[str, Any]:
        return {**_parsed(), **self.maps[0]}


def _shared(_: object) -> Policies:
    shared: Any = AwsPolicies()
    return Policies({}, shared)


def install() -> None:
    """Make moto's largest things common to all accounts; may be called again."""
    IAMBackend._init_aws_policies = lambda _: []
    IAMBackend._init_managed_policies = _shared
    IAMBackend.aws_managed_policies = property(lambda _: list(_parsed().values()), lambda *_: None)
    BaseModel.__new__ = staticmethod(_untracked)
    AccountSpecificBackend._generate_regions = _regions
    BackendDict._create_account_specific_backend = _known_or_created
    responses.method_names_from_class = _actions


def _untracked(cls: type, *_: object, **__: object) -> object:
    return object.__new__(cls)


def _regions(_: object, service_name: str) -> list[str]:
    return _regions_of(service_name)


@cache
def _regions_of(service_name: str) -> list[str]:
    session = AccountSpecificBackend.get_session()
    partitions = session.get_available_partitions()
    regions = (session.get_available_regions(service_name, partition_name=p) for p in partitions)
    return [region for some in regions for region in some]


@cache
def _actions(responses_class: type) -> frozenset[str]:
    """moto inspects a service's class for every request."""
    return frozenset(method_names_from_class(responses_class))


_create = BackendDict._create_account_specific_backend


def _known_or_created(self: Any, account_id: str) -> None:
    """moto copies and searches the list of accounts under a lock, for every request twice."""
    if not dict.__contains__(self, account_id):
        _create(self, account_id)
