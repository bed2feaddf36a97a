"""A control's parameters are those it has, and what they are set to is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of

REFUSED = "InvalidInputException"


def custom(**value: Any) -> dict[str, Any]:
    return {"ValueType": "CUSTOM", "Value": value}


@pytest.mark.parametrize(
    ("control", "name", "good", "bad"),
    [
        ("RDS.6", "monitoringInterval", custom(Enum="60"), custom(Enum="20")),
        ("RDS.6", "monitoringInterval", custom(Enum="1"), custom(Integer=60)),
        ("IAM.7", "MinimumPasswordLength", custom(Integer=14), custom(Integer=7)),
        ("IAM.7", "RequireSymbols", custom(Boolean=False), custom(Enum="false")),
        ("EC2.18", "authorizedTcpPorts", custom(IntegerList=[443]), custom(IntegerList=[0])),
        ("Kinesis.3", "minimumBackupRetentionPeriod", custom(String="168"), custom(String="12")),
        ("S3.13", "targetTransitionDays", custom(Integer=90), custom(Integer=36501)),
        ("CloudWatch.16", "minRetentionTime", custom(Enum="400"), custom(Enum="401")),
        ("EC2.4", "AllowedDays", custom(Integer=365), custom(Integer=366)),
        ("Redshift.3", "MinRetentionPeriod", custom(Integer=35), custom(Integer=6)),
        ("APIGateway.1", "loggingLevel", custom(Enum="INFO"), custom(Enum="OFF")),
        ("StepFunctions.1", "logLevel", custom(Enum="FATAL"), custom(Enum="OFF")),
        ("DynamoDB.1", "minProvisionedReadCapacity", custom(Integer=1), custom(Integer=40001)),
        ("DynamoDB.1", "targetWriteUtilization", custom(Integer=90), custom(Integer=91)),
        ("S3.11", "eventTypes", custom(EnumList=["s3:ObjectAcl:Put"]), custom(EnumList=["s3:*"])),
        ("SQS.2", "requiredTagKeys", custom(StringList=["cost centre"]), custom(StringList=[])),
        ("DynamoDB.5", "requiredTagKeys", custom(StringList=["a"]), custom(StringList=["aws:a"])),
        ("EC2.33", "requiredTagKeys", custom(StringList=["a"] * 6), custom(StringList=["a"] * 7)),
    ],
)
def test_a_value_is_in_its_range_or_list(
    cloud: Cloud, control: str, name: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub()
    update = hub.update_security_control

    refused = error_of(update, SecurityControlId=control, Parameters={name: bad})
    unknown = error_of(update, SecurityControlId=control, Parameters={"colour": good})
    update(SecurityControlId=control, Parameters={name: good})
    update(SecurityControlId=control, Parameters={name: {"ValueType": "DEFAULT"}})

    assert (refused, unknown) == (REFUSED, REFUSED)


def test_a_control_without_parameters_takes_none(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    hub.enable_security_hub()
    length = {"MinimumPasswordLength": custom(Integer=14)}

    assert error_of(hub.update_security_control, SecurityControlId="IAM.10", Parameters=length) == (
        REFUSED
    )


def test_a_definition_says_what_is_allowed(cloud: Cloud) -> None:
    found = cloud.hub(MEMBER).get_security_control_definition(SecurityControlId="RDS.6")

    options = found["SecurityControlDefinition"]["ParameterDefinitions"]["monitoringInterval"]
    values = options["ConfigurationOptions"]["Enum"]["AllowedValues"]
    assert values == ["1", "5", "10", "15", "30", "60"]
