"""An event of the lake as a value, from OCSF 1.1 or 1.0.0-rc.2, whichever engine found it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from orchestrator.logs.json_path import Tree, as_text, at, branch, compact, items, parsed, text


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a call, as CloudTrail's userIdentity says it."""

    kind: str = ""
    """IAMUser, AssumedRole, Root, AWSService, IdentityCenterUser, …"""
    arn: str = ""
    principal_id: str = ""
    account: str = ""
    name: str = ""
    access_key: str = ""
    issuer: str = ""
    """ARN of the role whose session this is."""
    source_identity: str = ""
    invoked_by: str = ""
    mfa: bool | None = None
    since: str = ""
    """When the session began, as the record says it."""
    provider: str = ""
    """The identity provider of a federated session."""

    @property
    def session_name(self) -> str:
        """The part of an assumed role's ARN that the one who assumed it has chosen."""
        head, _, session = self.arn.rpartition("/")
        return session if ":assumed-role/" in head or ":federated-user" in head else ""

    @property
    def role(self) -> str:
        """The name of the role, without its path."""
        if self.issuer:
            return self.issuer.rpartition("/")[2]
        return self.arn.split("/")[-2] if ":assumed-role/" in self.arn else ""


@dataclass(frozen=True)
class Event:
    """One call, sign-in or service event. `request`, `response` and `extra` are JSON texts."""

    uid: str
    time: datetime
    account: str
    region: str
    service: str
    """The event source, such as ec2.amazonaws.com."""
    name: str
    actor: Actor
    class_uid: int
    activity_id: int
    source: str = ""
    """IP address, or the name of the AWS service that called."""
    agent: str = ""
    error: str = ""
    error_message: str = ""
    request: str = ""
    response: str = ""
    resources: tuple[str, ...] = ()
    extra: str = "{}"
    """What OCSF has no place for."""

    @property
    def read_only(self) -> bool:
        said = branch({"x": self.extra}, "x").get("readOnly")
        if said in (True, "true"):
            return True
        return said is None and self.activity_id == READ

    @cached_property
    def parameters(self) -> Tree:
        found = parsed(self.request) if self.request else {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def answer(self) -> Tree:
        found = parsed(self.response) if self.response else {}
        return found if isinstance(found, dict) else {}


READ = 2
"""OCSF's activity of calls that change nothing."""


FAILURE = "Failure"
IDENTITY = "userIdentity"


def event(ocsf: Tree) -> Event:
    """The event. `ocsf` may be a row of a table: nulls are nothing, JSON may stand in strings."""
    extra = unmapped(at(ocsf, "unmapped"))
    return Event(
        uid=text(ocsf, "metadata.uid"),
        time=_time(ocsf),
        account=text(ocsf, "cloud.account.uid")
        or text(ocsf, "cloud.account_uid")
        or text(extra, "recipientAccountId"),
        region=text(ocsf, "cloud.region"),
        service=_first(ocsf, "api.service.name", "metadata.product.name"),
        name=_first(ocsf, "api.operation", "type_name"),
        actor=_actor(ocsf, extra),
        class_uid=_number(at(ocsf, "class_uid")),
        activity_id=_number(at(ocsf, "activity_id")),
        source=_first(ocsf, "src_endpoint.ip", "src_endpoint.svc_name", "src_endpoint.domain"),
        agent=text(ocsf, "http_request.user_agent"),
        error=text(ocsf, "api.response.error") or _outcome(ocsf),
        error_message=_first(ocsf, "api.response.message", "api.response.error_message"),
        request=_json(ocsf, "api.request.data") or as_text(extra.get("requestParameters")),
        response=_json(ocsf, "api.response.data") or as_text(extra.get("responseElements")),
        resources=tuple(filter(None, (text(each, "uid") for each in items(ocsf, "resources")))),
        extra=compact(extra),
    )


def _actor(ocsf: Tree, extra: Tree) -> Actor:
    user, session = branch(ocsf, "actor.user"), branch(ocsf, "actor.session")
    if not any(user.values()):
        user = branch(ocsf, "user")  # a sign-in of a log that knows no other actor
    old = text(ocsf, "metadata.version").startswith("1.0.0-rc") or bool(text(user, "uuid"))
    mfa = session.get("is_mfa", session.get("mfa"))
    if mfa is None:
        mfa = at(ocsf, "is_mfa")  # of a sign-in, which has no session yet
    invoked = text(ocsf, "actor.invoked_by")
    name = text(user, "name")
    return Actor(
        kind=text(user, "type"),
        arn=text(user, "uuid") if old else text(user, "uid"),
        principal_id=text(user, "uid") if old else text(user, "uid_alt"),
        account=text(user, "account.uid") or text(user, "account_uid"),
        name="" if name == invoked else name,
        access_key=text(user, "credential_uid"),
        issuer=text(session, "issuer"),
        source_identity=text(extra, f"{IDENTITY}.sessionContext.sourceIdentity"),
        invoked_by=invoked,
        mfa=mfa if isinstance(mfa, bool) else None,
        since=iso(text(session, "created_time_dt")),
        provider=text(ocsf, "actor.idp.name")
        or text(extra, f"{IDENTITY}.sessionContext.webIdFederationData.federatedProvider"),
    )


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?(?: UTC)?")


def iso(moment: str) -> str:
    """A timestamp of a table, in UTC: '2026-03-01 09:58:12.000000' is '2026-03-01T09:58:12Z'."""
    found = _MOMENT.fullmatch(moment)
    return f"{found[1]}T{found[2]}{(found[3] or '').rstrip('0').rstrip('.')}Z" if found else moment


def _outcome(ocsf: Tree) -> str:
    """A sign-in that fails has no error code, but a status and perhaps a message."""
    if text(ocsf, "status") != FAILURE:
        return ""
    return _first(ocsf, "api.response.message", "api.response.error_message") or FAILURE


def unmapped(value: object) -> Tree:
    """`unmapped` as a tree: it may be JSON, or a flat map with dotted names as AWS writes it."""
    tree = branch({"value": value}, "value")
    if not any("." in name or isinstance(inner, str) for name, inner in tree.items()):
        return tree
    whole: dict[str, object] = {}
    for name, inner in sorted(tree.items()):
        _put(whole, name.split("."), _inner(inner))
    return whole


def _inner(value: object) -> object:
    """JSON inside a string, where it is an object or a list."""
    if isinstance(value, str) and value[:1] in "{[":
        return branch({"value": value}, "value") or value
    return value


def _put(tree: dict[str, object], way: list[str], value: object) -> None:
    for name in way[:-1]:
        inner = tree.get(name)
        if not isinstance(inner, dict):
            inner = {}
            tree[name] = inner
        tree = inner
    if isinstance(value, Mapping):
        value = dict(value)
    tree[way[-1]] = value


def _time(ocsf: Tree) -> datetime:
    return datetime.fromtimestamp(_number(at(ocsf, "time")) / 1000, UTC)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | str) and value != "" else 0


def _first(ocsf: Tree, *paths: str) -> str:
    return next((found for path in paths if (found := text(ocsf, path))), "")


def _json(ocsf: Tree, path: str) -> str:
    """JSON as text: it may be a string with JSON in it, or the JSON itself."""
    value = at(ocsf, path)
    if isinstance(value, str):
        return value if value[:1] in ("{", "[") else compact(value)
    return "" if value is None else compact(value)
