"""Readers of the parts of an event: each returns what it expects, or says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_RESOURCES = 32
ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
CONTROL = re.compile(r"[A-Za-z0-9]{1,40}\.[0-9]{1,4}", re.ASCII)
PRODUCT = re.compile(
    r"arn:(aws[a-z-]*):securityhub:([a-z0-9-]*):([0-9]*):product(?:v2)?/([^/]+)/(.+)"
)
HUB = "securityhub"
ANY = "*"
"""Stands for all resources, where it is asked what would be done; no finding names one so."""


class Wrong(Exception):
    """Why a finding cannot be read."""


def clean(value: object, most: int) -> str:
    """`value` as one line of at most `most` characters; '' if it is not text.

    Control characters go, and so do those that turn the direction of what follows.
    """
    if not isinstance(value, str):
        return ""
    kept = value[: most * 4]
    if not _plain(kept):
        kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in kept)
    text = " ".join(kept.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _plain(text: str) -> bool:
    """Whether it is printable ASCII, as most texts are: then no character needs a look."""
    return text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class Product:
    """Who found it. `aws` is AWS's name of one of its own products, '' for all others."""

    partition: str
    region: str
    aws: str
    name: str


def product_of(arn: str, name: object) -> Product:
    """The product of an ARN, of the first version (`product/`) or the second (`productv2/`).

    AWS's own have no account in the ARN, and 'aws' for a company: nobody else can send as one of
    them. Source: AWS Security Hub User Guide, "ProductArn" of the ASFF.
    """
    match = PRODUCT.fullmatch(arn)
    if not match:
        raise Wrong(f"'{clean(arn, 80)}' is not the ARN of a product")
    partition, region, account, company, product = match.groups()
    aws = product if company == "aws" and not account else ""
    shown = PRODUCTS.get(aws) or clean(name, 64) or clean(product, 64)
    return Product(partition, region, aws, shown)


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


def region_of(*values: object) -> str:
    """The first of `values` that names a place: a region, or an ARN with one.

    What is global has no region of its own; its finding has the one in which it was found.
    """
    region = ""
    for value in values:
        region = clean(value, 100)
        if region.startswith("arn:"):
            region = (region.split(":") + [""] * 4)[3]
        if region not in NOWHERE:
            break
    if not REGION.fullmatch(region) or not region.isascii():
        raise Wrong(f"'{clean(region, 40)}' is not a region")
    return region


NOWHERE = frozenset({"", "global", "aws-global"})


def within(arn: str, region: str) -> str:
    """`arn`, if it is not that of a resource in another region."""
    other = arn.split(":")[3] if arn.count(":") >= 5 and _is_arn(arn) else ""
    if other not in {"", "global", region}:
        raise Wrong(f"the resource is in {clean(other, 40)}, the finding in {region}")
    return arn


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


def resources_of(value: object, *, exact: bool) -> list[Mapping[str, Any]]:
    """The resources. Where nothing is fixed (not `exact`), any number and any shape will do."""
    found = items(value)
    if not exact:
        return [each for each in found if isinstance(each, Mapping)]
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
    """The text at `key`, which identifies something: it is refused rather than cleaned.

    Blanks of any kind stay, two of them as well: names of alarms and groups may have them. What
    moves a cursor or turns the direction of what follows is refused.
    Source: CloudWatch API Reference, PutMetricAlarm, AlarmName; Auto Scaling API Reference,
    CreateAutoScalingGroup, AutoScalingGroupName.
    """
    found = value.get(key)
    if not isinstance(found, str) or not 0 < len(found) <= 1024 or not found.strip():
        raise Wrong(f"'{key}' is not a text of 1 to 1024 characters")
    forbidden = not _plain(found) and any(
        unicodedata.category(c) in UNSEEN or c in TURNING for c in found
    )
    if forbidden or found == ANY:
        raise Wrong(f"'{key}' holds characters that no id has")
    return found


UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def first_time(*values: object) -> datetime:
    """The first of `values` that is a time, in milliseconds or as text; Wrong if none is."""
    wrong = Wrong("a time is missing")
    for value in values:
        try:
            return milliseconds(value)
        except Wrong as why:
            wrong = why if value is not None else wrong
    raise wrong


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
