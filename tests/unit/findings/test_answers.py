"""What AWS answers and boto3's models do not know, in every protocol that AWS speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ParamValidationError
from botocore.parsers import PROTOCOL_PARSERS
from botocore.session import Session

from orchestrator.findings import by_hand
from orchestrator.findings.answers import (
    PARSERS,
    Unmodelled,
    is_unmodelled,
    keep_unmodelled,
    unmodelled,
)
from orchestrator.findings.remediation import Refused
from tests.unit.findings.a_world import BUCKET, CLOSING, NOW, Things, a_finding, a_world

ENCRYPTION = """<?xml version="1.0" encoding="UTF-8"?>
<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>
<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>
</ApplyServerSideEncryptionByDefault>
<BucketKeyEnabled>false</BucketKeyEnabled>
<NewSetting><Mode>strict</Mode></NewSetting></Rule></ServerSideEncryptionConfiguration>"""
POLICY = """<GetAccountPasswordPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<GetAccountPasswordPolicyResult><PasswordPolicy><MinimumPasswordLength>8</MinimumPasswordLength>
<NewSetting>on</NewSetting></PasswordPolicy></GetAccountPasswordPolicyResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetAccountPasswordPolicyResponse>"""
GROUPS = """<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<requestId>1</requestId><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item>
<ipProtocol>tcp</ipProtocol><newSetting>on</newSetting></item></ipPermissions></item>
</securityGroupInfo></DescribeSecurityGroupsResponse>"""
STAGE = {"TableDescription": {"TableName": "t", "NewSetting": {"Mode": "strict"}}}
WORK_GROUP = {"WorkGroup": {"Name": "w", "Configuration": {"NewSetting": 1}}}
CONFIGURATION = {"FunctionName": "f", "LoggingConfig": {"LogFormat": "JSON", "NewSetting": "on"}}


def answering(service: str, body: str) -> Any:
    """A client to which every call is answered by `body`."""
    core = Session()
    keep_unmodelled(core)
    session: Any = boto3.Session("key", "secret", region_name="eu-west-1", botocore_session=core)
    client = session.client(service)
    raw = SimpleNamespace(stream=lambda: iter([body.encode()]))
    answer = AWSResponse("http://aws", 200, HTTPHeaders(), raw)
    client.meta.events.register("before-send", lambda **_: answer)
    return client


@pytest.mark.parametrize(
    ("service", "operation", "asked", "body", "where"),
    [
        (
            *("s3", "get_bucket_encryption", {"Bucket": "b"}, ENCRYPTION),
            "ServerSideEncryptionConfiguration.Rules[].NewSetting",
        ),
        ("iam", "get_account_password_policy", {}, POLICY, "PasswordPolicy.NewSetting"),
        (
            *("ec2", "describe_security_groups", {}, GROUPS),
            "SecurityGroups[].IpPermissions[].newSetting",
        ),
        (
            *("dynamodb", "delete_table", {"TableName": "t"}, json.dumps(STAGE)),
            "TableDescription.NewSetting",
        ),
        (
            *("athena", "get_work_group", {"WorkGroup": "w"}, json.dumps(WORK_GROUP)),
            "WorkGroup.Configuration.NewSetting",
        ),
        (
            "lambda",
            "get_function_configuration",
            {"FunctionName": "f"},
            json.dumps(CONFIGURATION),
            "LoggingConfig.NewSetting",
        ),
    ],
)
def test_a_member_that_the_models_do_not_know_is_kept_under_its_own_name(
    service: str, operation: str, asked: Mapping[str, Any], body: str, where: str
) -> None:
    answer = getattr(answering(service, body), operation)(**asked)

    assert list(unmodelled(answer)) == [where]


def test_so_it_is_in_the_protocol_of_cbor() -> None:
    service: Any = Session().get_service_model("dynamodb")
    shape = service.operation_model("DeleteTable").output_shape
    # {"TableDescription": {"TableName": "t", "NewSetting": "on"}}
    body = b"\xa1\x70TableDescription\xa2\x69TableName\x61t\x6aNewSetting\x62on"
    response = {
        "status_code": 200,
        "headers": {"smithy-protocol": "rpc-v2-cbor"},
        "body": body,
        "context": {},
    }

    parsed = PARSERS["smithy-rpc-v2-cbor"]().parse(response, shape)

    assert parsed["TableDescription"] == {"TableName": "t", "NewSetting": "on"}
    assert list(unmodelled(parsed)) == ["TableDescription.NewSetting"]


def test_what_is_known_is_read_as_ever() -> None:
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": False,
        "NewSetting": {"Mode": "strict"},
    }

    answer = answering("s3", ENCRYPTION).get_bucket_encryption(Bucket="b")

    assert answer["ServerSideEncryptionConfiguration"] == {"Rules": [rule]}


def test_nothing_is_sent_that_the_models_do_not_know() -> None:
    s3 = answering("s3", ENCRYPTION)
    found = s3.get_bucket_encryption(Bucket="b")["ServerSideEncryptionConfiguration"]

    with pytest.raises(ParamValidationError, match=r'Unknown parameter.*"NewSetting"') as refused:
        s3.put_bucket_encryption(Bucket="b", ServerSideEncryptionConfiguration=found)

    assert is_unmodelled(refused.value)


def test_other_mistakes_of_a_request_are_not_taken_for_that() -> None:
    with pytest.raises(ParamValidationError) as refused:
        answering("s3", "").put_bucket_encryption(Bucket="b")

    assert not is_unmodelled(refused.value)


def test_every_protocol_of_botocore_has_a_parser_made_of_its_own() -> None:
    theirs: Any = PROTOCOL_PARSERS

    assert PARSERS.keys() == theirs.keys()
    assert [name for name in PARSERS if not issubclass(PARSERS[name], theirs[name])] == []


def test_names_that_are_known_are_not_reported() -> None:
    assert list(unmodelled({"a": [{"b": 1}], "c": {"d": None}})) == []
    assert list(unmodelled({"a": [{Unmodelled("b"): 1}]})) == ["a[].b"]


UNSENT = ParamValidationError(report='Unknown parameter in Rules[0]: "NewSetting", must be one of')


def test_a_fix_that_would_delete_such_a_setting_is_refused_and_says_so() -> None:
    world = a_world(things=Things({BUCKET: True}, failing={"fix": UNSENT}))

    assert world.route(a_finding()) == "refused"
    ((_, told),) = world.sender.sent
    assert "settings that this boto3 does not know" in told.text
    assert "NewSetting" in told.text


def test_a_fix_that_could_not_be_taken_back_is_refused_before_anything_is_changed() -> None:
    keeping = replace(CLOSING, before=lambda target, aws: {"rules": [{Unmodelled("New"): "on"}]})
    world = a_world(remediations={"s3.8": keeping})

    assert world.route(a_finding()) == "refused"
    assert world.things.writes == []
    ((_, told),) = world.sender.sent
    assert "could not be taken back: this boto3 does not know rules[].New" in told.text


def test_what_cannot_be_written_back_is_not_taken_back() -> None:
    world = a_world()
    world.route(a_finding())
    (record,) = world.parts.records.since(1, NOW)
    world.things.failing["undo"] = UNSENT

    with pytest.raises(Refused, match="settings that this boto3 does not know"):
        by_hand.undo(world.parts, record.id, "somebody")
