"""What AWS's own service models say of input, and where AWS takes more than they say."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
from moto.core.utils import get_service_model

LOOSER: Mapping[tuple[str, str], str] = {
    ("sqs", "QueueAttributeName"): "an unknown one has a code of its own, InvalidAttributeName",
    ("opensearch", "OpenSearchPartitionInstanceType"): "the model knows none of r7g, m7g, c7g, i4i",
    ("securityhub", "AwsSecurityFinding"): "each finding of BatchImportFindings fails alone",
}
"""Service and shape → why it is not checked."""

FREE: Mapping[tuple[str, str], frozenset[str]] = {}
"""Service and shape → members that the model requires and AWS does not."""


SURROGATES = re.compile(r"\\u[dD]800\\u[dD][cC]00-\\u[dD][bB][fF]{2}\\u[dD][fF]{3}")
"""Java's way to write every character beyond the first 65,536."""

BEYOND = r"\\U00010000-\\U0010FFFF"
DASH_AFTER_CLASS = re.compile(r"(\\[wdsWDS])-")
"""`[\\w-.]`: in Java the dash is a dash, in Python a broken range."""

AT_MOST = 1.0
"""Seconds for one match; what takes longer counts as matched."""

Matches = Callable[[str], bool]


@cache
def translate(pattern: str) -> Matches | None:
    """What says whether a whole text matches `pattern`; None where Python cannot say it.

    Source: Java's `java.util.regex.Pattern`: \\w, \\d and \\s are ASCII, `&&` intersects classes.
    Here they are Unicode's beside a `\\p{…}`, which Python would narrow to ASCII with them.
    """
    text = DASH_AFTER_CLASS.sub(r"\1\\-", SURROGATES.sub(BEYOND, pattern))
    text = text.replace(r"\z", r"\Z")
    flags = regex.VERSION1 if "&&" in text else regex.VERSION0
    if r"\p" not in text and r"\P" not in text:
        flags |= regex.ASCII
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = regex.compile(text, flags)
    except regex.error:
        return None

    def matches(value: str) -> bool:
        try:
            return compiled.fullmatch(value, timeout=AT_MOST) is not None
        except TimeoutError:
            return True

    return matches


Check = Callable[[object, str], Iterator["Violation"]]
Shape = Any
"""moto's, which is untyped for us."""

NUMBERS = frozenset({"integer", "long", "float", "double", "short", "byte"})


@dataclass(frozen=True, slots=True)
class Violation:
    """A member of a request that its shape does not allow. `kind` is what it breaks."""

    kind: str
    path: str
    value: object
    rule: str

    def __str__(self) -> str:
        value = "null" if self.value is None else f"'{self.value}'"
        return f"Value {value} at '{self.path}' failed to satisfy constraint: {self.rule}"


@cache
def check_of(service: str, operation: str) -> Check | None:
    """The check of an operation's input; None where its model constrains nothing."""
    model = get_service_model(service)
    if operation not in model.operation_names:
        return None
    shape = model.operation_model(operation).input_shape
    return None if shape is None else _Compiler(service).check(shape)


class _Compiler:
    """Compiles the shapes of one operation, each once."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.made: dict[str, Check | None] = {}

    def check(self, shape: Shape) -> Check | None:
        name, kind = shape.name, shape.type_name
        if (self.service, name) in LOOSER:
            return None
        if name in self.made:
            return self.made[name]
        if kind in ("structure", "list", "map"):
            self.made[name] = self._later(name)
        made: Check | None = getattr(self, f"_{kind}", self._scalar)(shape)
        self.made[name] = made
        return made

    def _later(self, name: str) -> Check:
        """For a shape that contains itself."""

        def check(value: object, path: str) -> Iterator[Violation]:
            made = self.made[name]
            return made(value, path) if made else iter(())

        return check

    def _structure(self, shape: Shape) -> Check | None:
        members = {}
        for name, member in shape.members.items():
            if inner := self.check(member):
                members[name] = inner
        required = frozenset(shape.required_members)
        required -= FREE.get((self.service, shape.name), frozenset())
        if not members and not required:
            return None
        if shape.metadata.get("document"):
            return None

        def check(value: object, path: str) -> Iterator[Violation]:
            if not isinstance(value, Mapping):
                return
            for name in required:
                if value.get(name) is None:
                    yield Violation("required", _under(path, name), None, "Member must not be null")
            for name, one in members.items():
                given = value.get(name)
                if given is not None:
                    yield from one(given, _under(path, name))

        return check

    def _list(self, shape: Shape) -> Check | None:
        inner, limits = self.check(shape.member), _limits(shape)
        if not inner and not limits:
            return None

        def check(value: object, path: str) -> Iterator[Violation]:
            if not isinstance(value, list):
                return
            yield from _sized(len(value), value, path, limits, "length")
            if inner:
                for number, item in enumerate(value, 1):
                    yield from inner(item, f"{path}.{number}.member")

        return check

    def _map(self, shape: Shape) -> Check | None:
        key, inner = self.check(shape.key), self.check(shape.value)
        limits = _limits(shape)
        if not key and not inner and not limits:
            return None

        def check(value: object, path: str) -> Iterator[Violation]:
            if not isinstance(value, Mapping):
                return
            yield from _sized(len(value), dict(value), path, limits, "length")
            for name, item in value.items():
                if key:
                    yield from key(name, f"{path}.key")
                if inner:
                    yield from inner(item, f"{path}.{name}.member")

        return check

    def _string(self, shape: Shape) -> Check | None:
        values = tuple(getattr(shape, "enum", ()))
        limits = _limits(shape)
        pattern = shape.metadata.get("pattern")
        matches = translate(pattern) if pattern else None
        if not values and not limits and not matches:
            return None
        known = frozenset(values)

        def check(value: object, path: str) -> Iterator[Violation]:
            if not isinstance(value, str):
                return
            if known and value not in known:
                rule = f"Member must satisfy enum value set: [{', '.join(values)}]"
                yield Violation("enum", path, value, rule)
            yield from _sized(len(value), value, path, limits, "length")
            if matches and not matches(value):
                rule = f"Member must satisfy regular expression pattern: {pattern}"
                yield Violation("pattern", path, value, rule)

        return check

    def _blob(self, shape: Shape) -> Check | None:
        limits = _limits(shape)
        if not limits:
            return None

        def check(value: object, path: str) -> Iterator[Violation]:
            if isinstance(value, bytes | str):
                yield from _sized(len(value), "(bytes)", path, limits, "length")

        return check

    def _scalar(self, shape: Shape) -> Check | None:
        limits = _limits(shape)
        if not limits or shape.type_name not in NUMBERS:
            return None

        def check(value: object, path: str) -> Iterator[Violation]:
            if isinstance(value, int | float):
                yield from _sized(value, value, path, limits, "value")

        return check


Limits = tuple[float | None, float | None]


def _limits(shape: Shape) -> Limits | None:
    metadata = shape.metadata
    low, high = metadata.get("min"), metadata.get("max")
    return None if low is None and high is None else (low, high)


def _sized(
    size: float, value: object, path: str, limits: Limits | None, what: str
) -> Iterator[Violation]:
    low, high = limits or (None, None)
    if low is not None and size < low:
        rule = f"Member must have {what} greater than or equal to {low}"
        yield Violation(what, path, value, rule)
    if high is not None and size > high:
        rule = f"Member must have {what} less than or equal to {high}"
        yield Violation(what, path, value, rule)


def _under(path: str, name: str) -> str:
    first = name[:1].lower() + name[1:]
    return f"{path}.{first}" if path else first
