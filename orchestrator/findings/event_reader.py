"""Readers of the parts of an event: each returns what it expects, or says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MOST_RESOURCES = 32
ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
CONTROL = re.compile(r"[A-Za-z0-9]{1,40}\.[0-9]{1,4}", re.ASCII)
PRODUCT = re.compile(r"arn:(aws[a-z-]*):securityhub:[a-z0-9-]*:[0-9]*:product/([^/]+)/(.+)")
HUB = ("aws", "securityhub")


class Wrong(Exception):
    """Why a finding cannot be read."""


def clean(value: object, most: int) -> str:
    """`value` as one line of at most `most` characters; '' if it is not text.

    Control characters go, and so do those that turn the direction of what follows.
    """
    if not isinstance(value, str):
        return ""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value[: most * 4])
    text = " ".join(kept.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def product_of(arn: str, name: object) -> tuple[str, str, bool]:
    """Partition, name, and whether it is Security Hub itself, whose controls can be believed."""
    match = PRODUCT.fullmatch(arn)
    if not match:
        raise Wrong(f"'{clean(arn, 80)}' is not the ARN of a product")
    partition, company, product = match.groups()
    known = PRODUCTS.get(product) if company == "aws" else None
    return partition, known or clean(name, 64) or clean(product, 64), (company, product) == HUB


PRODUCTS = {
    "access-analyzer": "Access Analyzer",
    "guardduty": "GuardDuty",
    "health": "Health",
    "inspector": "Inspector",
    "macie": "Macie",
    "securityhub": "Security Hub",
}
"""As teams.yaml names them."""


def control_of(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not CONTROL.fullmatch(value):
        raise Wrong(f"'{clean(value, 60)}' is not the id of a control")
    return value


def account_of(value: object) -> str:
    if not isinstance(value, str) or not ACCOUNT.fullmatch(value) or not value.isascii():
        raise Wrong(f"'{clean(value, 40)}' is not an account id")
    return value


def region_of(value: object, resource: str) -> str:
    """The finding's region; it must be the resource's, where its ARN names one."""
    if isinstance(value, str) and value.startswith("arn:"):
        value = (value.split(":") + [""] * 4)[3]
    if not isinstance(value, str) or not REGION.fullmatch(value):
        raise Wrong(f"'{clean(value, 40)}' is not a region")
    other = resource.split(":")[3] if resource.count(":") >= 5 and _is_arn(resource) else ""
    if other and other != value:
        raise Wrong(f"the resource is in {clean(other, 40)}, the finding in {value}")
    return value


def owned(arn: str, account: str) -> str:
    """`arn`, if it is not that of a resource in another account."""
    parts = arn.split(":")
    owner = parts[4] if _is_arn(arn) and len(parts) > 5 else ""
    if arn.startswith("AWS::::Account:"):
        owner = parts[-1]
    if owner and owner not in {account, "aws"}:
        raise Wrong(f"the resource is in account {clean(owner, 20)}, the finding in {account}")
    return arn


def _is_arn(text: str) -> bool:
    return text.startswith("arn:")


def resources_of(value: object) -> list[Mapping[str, Any]]:
    found = items(value)
    if not found:
        raise Wrong("names no resource")
    if len(found) > MOST_RESOURCES:
        raise Wrong(f"names {len(found)} resources, more than {MOST_RESOURCES}")
    return [mapping(resource, "a resource") for resource in found]


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Wrong(f"{what} is not an object")
    return value


def part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object at `key`; an empty one if there is none."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def identity(value: Mapping[str, Any], key: str) -> str:
    """The text at `key`, which identifies something: it is refused rather than cleaned."""
    found = value.get(key)
    if not isinstance(found, str) or not 0 < len(found) <= 1024:
        raise Wrong(f"'{key}' is not a text of 1 to 1024 characters")
    if clean(found, 1024) != found:
        raise Wrong(f"'{key}' holds characters that no id has")
    return found


def number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def moment(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise Wrong("a time is missing")
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong(f"'{clean(value, 40)}' is not a time") from None


def milliseconds(value: object) -> datetime:
    if isinstance(value, str):
        return moment(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("a time is missing")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise Wrong(f"{clean(str(value), 40)} is not a time") from None


def link(value: object) -> str:
    text = clean(value, 300)
    return text if text.startswith("https://") and " " not in text else ""
