"""moto itself, as the innermost layer, with hundreds of accounts in one process.

Whatever moto cannot do is answered with a named error. It begins with an organization and the key
of its administrator. What is the same for all accounts is kept once. Measured with moto 5.2.5:
AWS's managed policies cost 31 MB and a second per account, the default AMIs of EC2 several MB per
account and region, and every object stays in a list for moto's dashboard after it is gone. The
switches for what moto can do by itself are in lifecycle.py.
"""

from __future__ import annotations

import io
import logging
import threading
import traceback
from collections import ChainMap
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel
from moto.core.utils import method_names_from_class
from moto.iam.models import AccessKey, IAMBackend, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.organizations.models import FakeOrganizationalUnit, organizations_backends

from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Headers, error, not_implemented
from orchestrator.sandbox.fleet import Fleet, FleetAccount
from orchestrator.sandbox.services.organizations.models import ADMINISTRATOR, Account

log = logging.getLogger(__name__)

CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"})
CHANGED = "changed size during iteration"
ATTEMPTS = 5

ABSENT = "'NoneType' object has no attribute 'replace'"
"""What moto's dispatcher stumbles over when it has no such service."""


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """moto's own lists a folder of 180 services to find one of them, for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._found = cache(super().get_backend_for_host)

    def get_backend_for_host(self, host: str | None) -> object:
        return self._found(host)


def innermost() -> Handle:
    """Hand each request to moto."""
    application = Dispatcher()
    one_at_a_time = threading.Lock()

    def handle(exchange: Exchange) -> Answer:
        """A conditional write is a check and a write: state locks need them to be one step."""
        try:
            if not CONDITIONS.isdisjoint(exchange.environ):
                with one_at_a_time:
                    return _named(exchange, _calm(application, exchange))
            return _named(exchange, _calm(application, exchange))
        except NotImplementedError as missing:
            return not_implemented(exchange.call, str(missing))
        except Exception as bug:  # noqa: BLE001  one service's bug is not the sandbox's end
            return _bug(exchange, bug)

    return handle


def _calm(application: Dispatcher, exchange: Exchange) -> Answer:
    """moto walks over dictionaries that other threads add to; then it is asked again."""
    for _ in range(ATTEMPTS):
        try:
            return _answered(application, exchange)
        except RuntimeError as error:
            if CHANGED not in str(error):
                raise
    return _answered(application, exchange)


def _answered(application: Dispatcher, exchange: Exchange) -> Answer:
    environ = {**exchange.environ, "wsgi.input": io.BytesIO(exchange.body)}
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, _: object = None) -> None:
        started.append((status, headers))

    body = b"".join(application(environ, start_response))
    status, headers = started[-1]
    return Answer(int(status.split(" ", 1)[0]), headers, body)


def _named(exchange: Exchange, answer: Answer) -> Answer:
    """A page of HTML, or nothing at all, comes from a router that has no such path."""
    page = answer.status >= 400 and answer.body[:15].lower() == b"<!doctype html>"
    empty = answer.status == 404 and not answer.body and exchange.call.service not in ("s3", "")
    return not_implemented(exchange.call) if page or empty else answer


def _bug(exchange: Exchange, bug: Exception) -> Answer:
    """Answered with a 400: the same request would fail in the same way again."""
    if ABSENT in str(bug):
        return not_implemented(exchange.call, "no such service")
    call = exchange.call
    log.error("%s:%s failed\n%s", call.service, call.operation, traceback.format_exc())
    text = f"{call.service}:{call.operation}: {type(bug).__name__}: {bug}"
    return error(call, 400, "SandboxInternalError", text)


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


class SharedPolicies(ChainMap[str, Any]):
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


def _shared(_: object) -> SharedPolicies:
    shared: Any = AwsPolicies()
    return SharedPolicies({}, shared)


def save_memory() -> None:
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


ADMINISTRATOR_NAME = "administrator"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key of the management account's administrator."""

    id: str
    secret: str


def reset(fleet: Fleet, key: Key) -> None:
    """Forget everything, and begin with the fleet again."""
    moto_api_backend.reset()
    organizations_backends.master_accounts.clear()
    seed(fleet, key)


def seed(fleet: Fleet, key: Key) -> None:
    """Make the organization, its OUs and accounts, and the administrator of the management."""
    backend = organizations_backends[fleet.management_id]["aws"]
    backend.create_organization(region="us-east-1", FeatureSet="ALL")
    _name(backend, fleet)
    policies = [policy.id for policy in backend.policies]
    for unit in fleet.units:
        made = FakeOrganizationalUnit(backend.org, Name=unit.name, ParentId=unit.parent)
        made.id = unit.id
        backend.ou.append(made)
        for policy in policies:
            backend.attach_policy(PolicyId=policy, TargetId=unit.id)
    for account in fleet.accounts:
        if account.id != fleet.management_id:
            _add(backend, account, policies)
    _administrator(fleet.management_id, key)


def new_key(account_id: str) -> Key:
    """An access key of `account_id`, as IAM would draw it."""
    drawn = AccessKey(None, "AKIA", account_id)
    return Key(drawn.access_key_id, drawn.secret_access_key)


def _name(backend: object, fleet: Fleet) -> None:
    """moto draws ids by lot, and writes them down in root, policies and account."""
    org = backend.org  # type: ignore[attr-defined]
    org.id, org.root_id = fleet.organization_id, fleet.root_id
    root, (master,) = backend.ou[0], backend.accounts  # type: ignore[attr-defined]
    root.id = master.parent_id = fleet.root_id
    for thing in (root, master, *backend.policies):  # type: ignore[attr-defined]
        thing.organization_id = fleet.organization_id
    for account in fleet.accounts:
        if account.id == fleet.management_id:
            org.master_account_email = master.email = account.email
            master.name, master.tags, master.parent_id = (
                account.name,
                dict(account.tags),
                (account.parent),
            )


def _add(backend: object, account: FleetAccount, policies: list[str]) -> None:
    made = Account(
        backend.org,  # type: ignore[attr-defined]
        AccountId=account.id,
        AccountName=account.name,
        Email=account.email,
        Tags=[{"Key": key, "Value": value} for key, value in account.tags.items()],
    )
    made.parent_id = account.parent
    backend.accounts.append(made)  # type: ignore[attr-defined]
    for policy in policies:
        backend.attach_policy(PolicyId=policy, TargetId=account.id)  # type: ignore[attr-defined]
    organizations_backends.master_accounts[account.id] = (made.master_account_id, "aws")


def _administrator(account_id: str, key: Key) -> None:
    iam = iam_backends[account_id]["aws"]
    user = iam.create_user("us-east-1", ADMINISTRATOR_NAME)
    iam.put_user_policy(ADMINISTRATOR_NAME, "AdministratorAccess", ADMINISTRATOR)
    made = user.create_access_key(prefix="AKIA", status="Active")
    made.access_key_id, made.secret_access_key = key.id, key.secret
    iam.access_keys[key.id] = made
