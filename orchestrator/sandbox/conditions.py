"""The condition operators of IAM policies.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network

Context = Mapping[str, Sequence[str]]
"""Values by condition key, keys in lower case; a key that is absent is not in the request."""
Match = Callable[[str, str], bool]
"""(value in the policy, value in the request)"""


class UnknownOperator(Exception):
    """An operator this evaluator does not know, so it cannot say whether it holds."""


STAR, MARK = "\ue000", "\ue001"
"""Stand for `*` and `?` where they are no wildcards."""


def verbatim(text: str) -> str:
    """The same text, such that a pattern it becomes a part of takes it letter by letter."""
    return text.replace("*", STAR).replace("?", MARK)


@lru_cache(maxsize=8192)
def glob(pattern: str) -> re.Pattern[str]:
    """IAM's wildcards: `*` is any text, `?` any character; nothing else is special."""
    special = {"*": ".*", "?": ".", STAR: re.escape("*"), MARK: re.escape("?")}
    return re.compile("".join(special.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def matches(pattern: str, value: str) -> bool:
    return glob(pattern).fullmatch(value) is not None


def arn_matches(pattern: str, value: str) -> bool:
    """Each of an ARN's six parts is compared by itself, so `*` does not reach over a colon."""
    wanted, found = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(found) and all(map(matches, wanted, found))


def _number(compare: Callable[[float, float], bool]) -> Match:
    return lambda wanted, found: compare(float(found), float(wanted))


def _date(compare: Callable[[float, float], bool]) -> Match:
    return lambda wanted, found: compare(_seconds(found), _seconds(wanted))


def _seconds(text: str) -> float:
    if text.replace(".", "", 1).isdigit():
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _address(wanted: str, found: str) -> bool:
    return ip_address(found) in ip_network(wanted, strict=False)


POSITIVE: Mapping[str, Match] = {
    "StringEquals": lambda wanted, found: wanted == found,
    "StringEqualsIgnoreCase": lambda wanted, found: wanted.lower() == found.lower(),
    "StringLike": matches,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": lambda wanted, found: wanted.lower() == found.lower(),
    "BinaryEquals": lambda wanted, found: wanted == found,
    "IpAddress": _address,
    "NumericEquals": _number(lambda found, wanted: found == wanted),
    "NumericLessThan": _number(lambda found, wanted: found < wanted),
    "NumericLessThanEquals": _number(lambda found, wanted: found <= wanted),
    "NumericGreaterThan": _number(lambda found, wanted: found > wanted),
    "NumericGreaterThanEquals": _number(lambda found, wanted: found >= wanted),
    "DateEquals": _date(lambda found, wanted: found == wanted),
    "DateLessThan": _date(lambda found, wanted: found < wanted),
    "DateLessThanEquals": _date(lambda found, wanted: found <= wanted),
    "DateGreaterThan": _date(lambda found, wanted: found > wanted),
    "DateGreaterThanEquals": _date(lambda found, wanted: found >= wanted),
}
NEGATIVE: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def holds(operator: str, wanted: Sequence[str], found: Sequence[str] | None) -> bool:
    """Whether a condition is true of the request's values; `found` is None for an absent key.

    Raises UnknownOperator. A value that cannot be read (no number, no date) does not match.
    """
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name == "Null":
        return (found is None) == (wanted[0].lower() == "true")
    positive = NEGATIVE.get(name, name)
    if positive not in POSITIVE or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise UnknownOperator(operator)
    if found is None:
        absent_matches = quantifier != "ForAnyValue" and name in NEGATIVE
        return rest.endswith("IfExists") or quantifier == "ForAllValues" or absent_matches
    one = _single(POSITIVE[positive], wanted, negated=name in NEGATIVE)
    if quantifier == "ForAllValues":
        return all(map(one, found))
    return any(map(one, found))


def _single(match: Match, wanted: Sequence[str], *, negated: bool) -> Callable[[str], bool]:
    def one(value: str) -> bool:
        try:
            return any(match(candidate, value) for candidate in wanted) != negated
        except ValueError:
            return False

    return one
