"""Parameters of controls, as Security Hub's own API describes and refuses them."""

from __future__ import annotations

import pytest

from orchestrator.model.control_parameters import (
    DEFINITIONS,
    TAGS,
    Type,
    Value,
    for_security_hub,
    wrong,
)
from orchestrator.sandbox.services.securityhub import policies

KINDS = {
    Type.BOOL: "Boolean",
    Type.INT: "Integer",
    Type.ENUM: "Enum",
    Type.STRING: "String",
    Type.INT_LIST: "IntegerList",
    Type.ENUM_LIST: "EnumList",
    Type.STRING_LIST: "StringList",
}


PUBLISHED = {"daysToExpiration": {"DefaultValue": 30, "Min": 14, "Max": 365}}
"""Of ACM.1. Source: AWS CLI Command Reference, the example of get-security-control-definition."""


def test_the_control_that_aws_publishes_as_an_example_is_known_as_it_is_there() -> None:
    assert {
        name: (known.type, known.least, known.most) for name, known in DEFINITIONS["ACM.1"].items()
    } == {name: (Type.INT, said["Min"], said["Max"]) for name, said in PUBLISHED.items()}


@pytest.mark.parametrize(
    ("control", "name", "value"),
    [
        ("ACM.1", "daysToExpiration", 13),
        ("ACM.1", "daysToExpiration", "soon"),
        ("EC2.18", "authorizedTcpPorts", 443),
        ("EC2.18", "authorizedTcpPorts", []),
        ("EC2.18", "authorizedTcpPorts", ["70000"]),
        ("IAM.7", "RequireSymbols", 1),
        ("IAM.7", "MinimumPasswordLength", True),
        ("RDS.6", "monitoringInterval", 45),
        ("S3.9", TAGS, ["aws:owner"]),
    ],
)
def test_a_value_that_security_hub_refuses_has_what_to_write_instead(
    control: str, name: str, value: int | str | list[str]
) -> None:
    assert wrong(control, name, value).startswith("write what Security Hub takes: ")


def test_what_only_a_remediation_takes_is_not_sent() -> None:
    storage = "targetTransitionStorageClass"
    given: dict[str, Value] = {"bucket": "logs", "targetTransitionDays": 90, storage: "GLACIER"}

    assert list(for_security_hub("S3.13", given)) == [
        ("targetTransitionDays", Type.INT, 90),
        (storage, Type.ENUM, "GLACIER"),
    ]


def test_ports_and_intervals_are_sent_as_the_type_that_the_control_has() -> None:
    assert list(for_security_hub("EC2.18", {"authorizedTcpPorts": ["80", "443"]})) == [
        ("authorizedTcpPorts", Type.INT_LIST, [80, 443])
    ]
    assert list(for_security_hub("RDS.6", {"monitoringInterval": 60})) == [
        ("monitoringInterval", Type.ENUM, "60")
    ]


@pytest.mark.parametrize("control", sorted(set(DEFINITIONS) & set(policies.CONTROLS)))
def test_the_emulated_hub_has_the_same_parameters_of_the_same_kinds(control: str) -> None:
    said = {name: options.kind for name, options in policies.CONTROLS[control].items()}

    assert {name: KINDS[known.type] for name, known in DEFINITIONS[control].items()} == said
