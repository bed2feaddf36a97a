"""The parameters of a decision, as a remediation reads them."""

from __future__ import annotations

from orchestrator.findings.remediation import Place, Refused, Target


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
