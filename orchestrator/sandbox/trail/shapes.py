"""What a call is given and answers, in the form that CloudTrail writes it, secrets hidden.

EC2 has the names of its XML and lists in `items`; S3 the names of its XML; all others the API's
own names with a small first letter.
Source: CloudTrail pages of the services' guides; the models of botocore say what is sensitive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
LARGEST = 100 * 1024
"""Bytes. Source: CloudTrail User Guide, record contents, requestParameters."""

SECRET = re.compile(r"secret|password|sessiontoken|authtoken|plaintext|privatekey", re.IGNORECASE)
HARMLESS = re.compile(
    r"secret(s?)(Id|Arn|Ids|sList|List|Name)?|.*[Pp]assword.*(Length|Policy|Age)"
    r"|.*[Pp]assword(ReusePrevention|LastUsed)|manageMasterUserPassword",
    re.IGNORECASE,
)
NAMED_SECRETS: Mapping[str, frozenset[str]] = {
    "ssm": frozenset({"value"}),
    "ec2": frozenset({"userData"}),
    "lambda": frozenset({"variables"}),
}
"""Service → names whose values CloudTrail hides though no model calls them sensitive."""

Json = dict[str, Any]
Name = Callable[[str, Any], str]


def small(name: str, _: Any = None) -> str:
    """DBInstanceIdentifier → dBInstanceIdentifier."""
    return name[:1].lower() + name[1:]


def located(name: str, shape: Any) -> str:
    """EC2's name: that of its XML, which its own model has; `return` becomes `_return`."""
    found = small(str(shape.serialization.get("name") or name))
    return "_return" if found == "return" else found


def as_xml(name: str, shape: Any) -> str:
    """S3's name: that of its XML or of its header."""
    flat = shape.type_name == "list" and shape.serialization.get("flattened")
    inner = shape.member.serialization.get("name") if flat else None
    return str(inner or shape.serialization.get("name") or name)


STYLES: Mapping[str, Name] = {"ec2": located, "s3": as_xml, "s3control": as_xml}


def written(service: str, shape: Any, value: Mapping[str, Any] | None) -> Json | None:
    """`value`, typed by `shape`, as CloudTrail writes it; None when there is nothing."""
    if not value or shape is None:
        return None
    found = _structure(service, shape, value)
    if len(text := json.dumps(found, default=str)) > LARGEST:
        return {"omitted": True, "originalSize": len(text), "reason": "too large"}
    return found or None


def _structure(service: str, shape: Any, value: Mapping[str, Any]) -> Json:
    style = STYLES.get(service, small)
    found: Json = {}
    for name, inner in value.items():
        member = shape.members.get(name)
        if member is None or inner is None or name == "ResponseMetadata":
            continue
        said = style(name, member)
        written_value = _value(service, member, inner, said)
        if written_value is not None:
            found[said] = written_value
    return found


def _value(service: str, shape: Any, value: Any, name: str) -> Any:  # noqa: PLR0911  # a line a type
    if shape.metadata.get("sensitive") or _is_secret(service, name):
        return HIDDEN
    match shape.type_name:
        case "structure":
            return _structure(service, shape, value)
        case "list":
            inner = [_value(service, shape.member, each, "") for each in value]
            if service in ("s3", "s3control") and len(inner) == 1:
                return inner[0]
            return {"items": inner} if service == "ec2" else inner
        case "map":
            return {
                key: _value(service, shape.value, each, str(key)) for key, each in value.items()
            }
        case "blob":
            return None
        case "timestamp":
            return f"{value:%b %d, %Y, %I:%M:%S %p}" if isinstance(value, datetime) else str(value)
    return value


def _is_secret(service: str, name: str) -> bool:
    if name in NAMED_SECRETS.get(service, ()):
        return True
    return bool(name and SECRET.search(name) and not HARMLESS.fullmatch(name))
