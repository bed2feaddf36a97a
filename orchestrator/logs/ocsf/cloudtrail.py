"""A CloudTrail record as an OCSF 1.1 event. Nothing is lost: what has no place is in `unmapped`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from orchestrator.logs.json_path import Tree, as_text, at, items, put, text
from orchestrator.logs.ocsf import fields
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, AUTHENTICATION, classification
from orchestrator.logs.ocsf.fields import FIELDS, USER, Field, Kind, classify

_IP = re.compile(fields.IP)


class NotCloudTrail(ValueError):
    """A record without the fields that every CloudTrail record has."""


def to_ocsf(record: Tree) -> dict[str, object]:
    """The record as OCSF. Raises NotCloudTrail without event id, name, source or a time.

    Insight events have no name of a caller and may have no request; all others have.
    """
    _check(record)
    source, name = text(record, "eventSource"), text(record, "eventName")
    class_uid, activity = classify(source, name)
    event: dict[str, object] = {**classification(class_uid, activity), **_status(record)}
    _merge(event, fields.CONSTANT)
    _fill(event, record, FIELDS)
    _complete(event, record, source)
    if class_uid == AUTHENTICATION:
        event |= _authentication(record, source)
    if class_uid == ACCOUNT_CHANGE:
        event |= _account_change(record, activity)
    event["unmapped"] = {n: value for n, value in record.items() if n not in fields.MAPPED}
    return pruned(event)


def _check(record: Tree) -> None:
    for path in ("eventID", "eventName", "eventSource"):
        if not text(record, path):
            raise NotCloudTrail(f"no {path}")
    if milliseconds(text(record, "eventTime")) is None:
        raise NotCloudTrail(f"eventTime '{text(record, 'eventTime')}' is not a time")


def _fill(event: dict[str, object], record: Tree, table: Iterable[Field]) -> None:
    for field in table:
        value = _converted(_first(record, field.sources), field.kind)
        if value is not None:
            put(event, field.target, value)


def _first(record: Tree, sources: Iterable[str]) -> object:
    return next((value for path in sources if (value := at(record, path)) is not None), None)


def _converted(value: object, kind: Kind) -> object:
    if value is None or kind is Kind.JSON:
        return value
    if kind is Kind.MILLISECONDS:
        return milliseconds(as_text(value))
    if kind is Kind.FLAG:
        return {"true": True, "false": False}.get(as_text(value).lower())
    return as_text(value)


def _status(record: Tree) -> dict[str, object]:
    failed = at(record, "errorCode") is not None or text(record, fields.CONSOLE_LOGIN) == "Failure"
    return {
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 2 if failed else 1,
        "status": "Failure" if failed else "Success",
    }


def _complete(event: dict[str, object], record: Tree, source: str) -> None:
    """What OCSF requires and a record may lack, and what depends on a value."""
    if at(event, "api.request.uid") is None:
        put(event, "api.request.uid", "")
    address = text(record, fields.ADDRESS)
    put(event, "src_endpoint.ip", address if _IP.match(address) else None)
    if not _IP.match(address):
        put(event, "src_endpoint.svc_name", address or source)
    if at(record, fields.IDENTITY) is None:
        put(event, "actor.invoked_by", source)
    elif not any(at(event, f"actor.user.{name}") for name in ("uid", "name", "account")):
        put(event, "actor.user.name", fields.UNNAMED)
    event["resources"] = [
        {
            "uid": at(each, "ARN"),
            "name": at(each, "ARNPrefix"),
            "type": at(each, "type"),
            "owner": {"account": {"uid": at(each, "accountId")}},
        }
        for each in items(record, "resources")
        if at(each, "ARN") or at(each, "ARNPrefix")
    ]


def _authentication(record: Tree, source: str) -> dict[str, object]:
    user: dict[str, object] = {}
    _fill(user, record, USER)
    if not any(user.get(name) for name in ("uid", "name", "account")):
        user["name"] = fields.UNNAMED
    used = {"Yes": True, "No": False}.get(text(record, fields.MFA_USED))
    return {"user": user, "service": {"name": source}, "is_mfa": used}


def _account_change(record: Tree, activity: int) -> dict[str, object]:
    name, arn = _first(record, fields.CHANGED_NAME), _first(record, fields.CHANGED_ARN)
    user = {"name": as_text(name) or fields.UNNAMED, "uid": as_text(arn) or None}
    if activity not in (7, 8):
        return {"user": user}
    policy = {
        "uid": as_text(_first(record, fields.POLICY_ARN)) or None,
        "name": as_text(_first(record, fields.POLICY_NAME)) or None,
    }
    return {"user": user, "policy": policy}


def milliseconds(moment: str) -> int | None:
    """Since 1970, of an ISO 8601 time; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)


def pruned(tree: Tree) -> dict[str, object]:
    """Without what is None, and without mappings and lists that are empty then."""
    kept = {
        name: value if name in ("data", "unmapped") else _pruned_value(value)
        for name, value in tree.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, {}, [])}


def _pruned_value(value: object) -> object:
    if isinstance(value, Mapping):
        return pruned(value)
    if isinstance(value, list):
        return [_pruned_value(each) for each in value]
    return value


def _merge(event: dict[str, object], constant: Tree) -> None:
    for name, value in constant.items():
        if isinstance(value, Mapping):
            inner = event.setdefault(name, {})
            assert isinstance(inner, dict)  # noqa: S101
            _merge(inner, value)
        else:
            event[name] = list(value) if isinstance(value, list) else value
