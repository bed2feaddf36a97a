"""The parameters of a decision, made complete and held against what the remediation expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Parameter, Place, Refused, Remediation, Target, Value


class Unfit(Exception):
    """A parameter the remediation does not know, or of another kind; and which."""


def settle(remediation: Remediation, decided: Mapping[str, Any]) -> Mapping[str, Value]:
    """Every parameter, as decided or by default.

    A parameter may be named as the remediation or as Security Hub names it. Raises Unfit rather
    than fix something with a default that was meant otherwise.
    """
    names = {parameter.control: name for name, parameter in remediation.parameters.items()}
    own = {names.get(given, given): given for given in decided}
    for name, given in own.items():
        if name not in remediation.parameters:
            known = ", ".join(sorted(remediation.parameters)) or "none"
            raise Unfit(f"the remediation knows no parameter '{given}'; known: {known}")
    return {
        name: _fit(own[name], decided[own[name]], parameter) if name in own else parameter.default
        for name, parameter in remediation.parameters.items()
    }


def _fit(given: str, value: Any, parameter: Parameter) -> Value:
    default = parameter.default
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if all(isinstance(item, str) or type(item) is int for item in value):
            return tuple(str(item) for item in value)
    elif type(value) is type(default):
        fit: Value = value
        return fit
    kinds = {bool: "true or false", int: "a whole number", str: "text", tuple: "a list of text"}
    raise Unfit(f"the parameter '{given}' is {value!r}, expected {kinds[type(default)]}")


def text(target: Target, name: str) -> str:
    """The text, with {account}, {region} and {partition} filled in; '' when nothing is set."""
    return placed(str(target.parameters.get(name, "")), target.place)


def required(target: Target, name: str) -> str:
    """The text; Refused when the decision does not set it."""
    if value := text(target, name):
        return value
    raise Refused(f"the decision for {target.control} sets no '{name}', and none is made up")


def number(target: Target, name: str) -> int:
    """The number; 0 when nothing is set."""
    value = target.parameters.get(name, 0)
    return int(value) if isinstance(value, int | str) and value != "" else 0


def switch(target: Target, name: str) -> bool:
    """Whether the parameter is set to true."""
    return target.parameters.get(name) is True


def several(target: Target, name: str) -> tuple[str, ...]:
    """The texts of a list."""
    value = target.parameters.get(name, ())
    found = value if isinstance(value, tuple | list) else (value,)
    return tuple(str(item) for item in found if item != "")


def placed(pattern: str, place: Place) -> str:
    """`pattern` for one account and region."""
    known = {"account": place.account, "region": place.region, "partition": place.partition}
    for key, value in known.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern
