"""A CloudTrail record as an OCSF 1.1 event. Nothing is lost: what has no place is in `unmapped`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from orchestrator.logs.json_path import Tree, as_text, at, items, put, text
from orchestrator.logs.ocsf import fields
from orchestrator.logs.ocsf.classes import ACCOUNT_CHANGE, API, AUTHENTICATION, classification
from orchestrator.logs.ocsf.fields import FIELDS, SIGNED_IN, Field, Kind, classify

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
    _complete(event, record, as_text(_first(record, fields.SERVICE)))
    if class_uid == API:
        event["resources"] = _resources(record)
    if class_uid == AUTHENTICATION:
        event |= _authentication(record, source)
    if class_uid == ACCOUNT_CHANGE:
        event |= _account_change(record, activity)
    event["observables"] = list(_observables(event))
    event["unmapped"] = {n: value for n, value in record.items() if n not in fields.MAPPED}
    return pruned(event)


def _check(record: Tree) -> None:
    if not text(record, "eventID"):
        raise NotCloudTrail("no eventID")
    for sources in (_OPERATION, fields.SERVICE):
        if not as_text(_first(record, sources)):
            raise NotCloudTrail(f"no {sources[0]}")
    if milliseconds(text(record, "eventTime")) is None:
        raise NotCloudTrail(f"eventTime '{text(record, 'eventTime')}' is not a time")


_OPERATION = next(field.sources for field in FIELDS if field.target == "api.operation")


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
    failed = at(record, "errorCode") is not None or _outcome(record) == fields.FAILURE
    return {
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 2 if failed else 1,
        "status": fields.FAILURE if failed else "Success",
    }


def _outcome(record: Tree) -> str:
    """What the sign-in service says of an event that has no error code when it fails."""
    name = text(record, "eventName")
    if text(record, "eventSource") != fields.OUTCOME_SOURCE or name not in fields.OUTCOMES:
        return ""
    return as_text(_first(record, (f"{place}.{name}" for place in fields.OUTCOME_PLACES)))


def _complete(event: dict[str, object], record: Tree, source: str) -> None:
    """What OCSF requires and a record may lack, and what depends on a value.

    OCSF does not take a domain alone for an endpoint: a service is also under its own name.
    """
    if at(event, "api.request.uid") is None:
        put(event, "api.request.uid", "")
    if at(event, "metadata.product.feature.name") is None:
        put(event, "metadata.product.feature.name", fields.NO_CATEGORY)
    address = text(record, fields.ADDRESS)
    put(event, "src_endpoint.ip", address if _IP.match(address) else None)
    if not _IP.match(address):
        put(event, "src_endpoint.domain", address or None)
        put(event, "src_endpoint.svc_name", address or source)
    if at(record, fields.IDENTITY) is None:
        put(event, "actor.invoked_by", source)
    elif not any(at(event, f"actor.user.{name}") for name in ("uid", "name", "account")):
        put(event, "actor.user.name", fields.UNNAMED)


def _resources(record: Tree) -> list[object]:
    """Of an API activity; the other classes have no place for them, so they stay in `unmapped`."""
    return [
        {
            "uid": at(each, "ARN"),
            "name": at(each, "ARNPrefix"),
            "type": at(each, "type"),
            "owner": {"account": {"uid": at(each, "accountId")}},
        }
        for each in items(record, "resources")
        if at(each, "ARN") or at(each, "ARNPrefix")
    ]


def _observables(event: Tree) -> Iterator[dict[str, object]]:
    for path, kind, number in fields.OBSERVABLES:
        value = text(event, path)
        if value:
            yield {"name": path, "type": kind, "type_id": number, "value": value}
    path, kind, number = fields.OBSERVED_RESOURCE
    for each in items(event, "resources"):
        if text(each, "uid"):
            yield {"name": path, "type": kind, "type_id": number, "value": text(each, "uid")}


def _authentication(record: Tree, source: str) -> dict[str, object]:
    user: dict[str, object] = {}
    _fill(user, record, SIGNED_IN)
    if at(record, fields.ASSUMED) is not None:  # the caller's kind and account are not the role's
        user = {name: user.get(name) for name in ("uid", "uid_alt", "name")}
    if not any(user.get(name) for name in ("uid", "name", "account")):
        user["name"] = fields.UNNAMED
    used = {"Yes": True, "No": False}.get(text(record, fields.MFA_USED))
    return {
        "user": user,
        "service": {"name": source},
        "dst_endpoint": {"svc_name": text(record, fields.SIGNED_IN_TO) or None},
        "is_mfa": used,
    }


def _account_change(record: Tree, activity: int) -> dict[str, object]:
    name, arn, uid = (
        as_text(_first(record, paths))
        for paths in (fields.CHANGED_NAME, fields.CHANGED_ARN, fields.CHANGED_ID)
    )
    user = {"name": name or fields.UNNAMED, "uid": arn or None, "uid_alt": uid or None}
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
