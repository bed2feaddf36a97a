"""Secrets, parameters, tables and functions under a customer's key want it of who uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, PAYMENTS_DEV
from tests.sandbox.services.test_delays_functions import CODE

TRUST = a_trust_policy({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
DATA = ("secretsmanager:*", "ssm:*", "dynamodb:*", "lambda:*", "iam:PassRole")
ITEM = {"id": {"S": "a"}}
STORES = ("dynamodb", "lambda", "secretsmanager", "ssm")


@dataclass
class Room:
    """An account with a key, and a secret, a parameter, a table and a function under it."""

    sandbox: Sandbox
    key: str
    runs: str

    def client(self, service: str, role: str = "") -> Any:
        return self.sandbox.client(service, PAYMENTS_DEV, *([role] if role else []))

    def role(self, name: str, *actions: str, **more: object) -> str:
        """One that may do everything with the data, and this with the key."""
        uses = {"Effect": "Allow", "Action": list(actions), "Resource": self.key, **more}
        own = [json.loads(a_policy(*DATA))["Statement"][0], *([uses] if actions else [])]
        policy = json.dumps({"Version": "2012-10-17", "Statement": own})
        a_role(self.sandbox, PAYMENTS_DEV, name, TRUST, policy)
        return name

    def table(self, name: str, **more: Any) -> dict[str, Any]:
        return {
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.key},
            **more,
        }

    def function(self, name: str) -> dict[str, Any]:
        return {
            "FunctionName": name,
            "Runtime": "python3.12",
            "Role": self.runs,
            "Handler": "handler.handler",
            "Code": {"ZipFile": CODE.getvalue()},
            "KMSKeyArn": self.key,
            "Environment": {"Variables": {"WORD": "b"}},
        }


@pytest.fixture(scope="module")
def room(emptied_sandbox: Sandbox) -> Room:
    sandbox = emptied_sandbox
    trust = a_trust_policy({"Service": "lambda.amazonaws.com"})
    runs = a_role(sandbox, PAYMENTS_DEV, "runs", trust)
    key = sandbox.client("kms", PAYMENTS_DEV).create_key()["KeyMetadata"]["Arn"]
    made = Room(sandbox, key, runs)
    made.client("secretsmanager").create_secret(Name="kept", SecretString="x", KmsKeyId=key)
    made.client("ssm").put_parameter(Name="/kept", Value="x", Type="SecureString", KeyId=key)
    made.client("dynamodb").create_table(**made.table("kept"))
    made.client("dynamodb").put_item(TableName="kept", Item=ITEM)
    made.client("lambda").create_function(**made.function("kept"))
    return made


Call = Callable[[Room, str], tuple[Callable[..., Any], dict[str, Any]]]


def of(service: str, operation: str, **arguments: Any) -> Call:
    """A call as a role."""

    def call(room: Room, role: str) -> tuple[Callable[..., Any], dict[str, Any]]:
        return getattr(room.client(service, role), operation), arguments

    return call


def made(service: str, operation: str, **arguments: Any) -> Call:
    """A call with the room's key, as a role."""
    named = {"secretsmanager": "KmsKeyId", "ssm": "KeyId", "lambda": "KMSKeyArn"}[service]

    def call(room: Room, role: str) -> tuple[Callable[..., Any], dict[str, Any]]:
        return of(service, operation, **{named: room.key}, **arguments)(room, role)

    return call


READS = {
    "secret": of("secretsmanager", "get_secret_value", SecretId="kept"),
    "parameter": of("ssm", "get_parameter", Name="/kept", WithDecryption=True),
    "parameters": of("ssm", "get_parameters_by_path", Path="/", WithDecryption=True),
    "item": of("dynamodb", "get_item", TableName="kept", Key=ITEM),
    "batch": of("dynamodb", "batch_get_item", RequestItems={"kept": {"Keys": [ITEM]}}),
    "written item": of("dynamodb", "put_item", TableName="kept", Item=ITEM),
    "transaction": of(
        *("dynamodb", "transact_write_items"),
        TransactItems=[{"Put": {"TableName": "kept", "Item": ITEM}}],
    ),
}
WRITES = {
    "new secret": (
        "kms:GenerateDataKey",
        made("secretsmanager", "create_secret", Name="new", SecretString="x"),
    ),
    "another value": (
        "kms:GenerateDataKey",
        of("secretsmanager", "put_secret_value", SecretId="kept", SecretString="y"),
    ),
    "new parameter": (
        "kms:Encrypt",
        made("ssm", "put_parameter", Name="/new", Value="x", Type="SecureString"),
    ),
    "changed parameter": (
        "kms:Encrypt",
        of("ssm", "put_parameter", Name="/kept", Value="y", Type="SecureString", Overwrite=True),
    ),
    "variables": (
        "kms:CreateGrant",
        of(
            *("lambda", "update_function_configuration"),
            FunctionName="kept",
            Environment={"Variables": {"WORD": "c"}},
        ),
    ),
}


@pytest.mark.parametrize("what", READS)
def test_who_may_not_decrypt_reads_nothing(room: Room, what: str) -> None:
    role = room.role(f"reads-{what.replace(' ', '-')}", "kms:GenerateDataKey", "kms:Encrypt")
    call, arguments = READS[what](room, role)

    assert error_of(call, **arguments) == ("AccessDeniedException", 400)
    assert f"perform: kms:Decrypt on resource: {room.key}" in message_of(call, **arguments)


@pytest.mark.parametrize("what", WRITES)
def test_who_may_not_encrypt_writes_nothing(room: Room, what: str) -> None:
    action, wanted = WRITES[what]
    call, arguments = wanted(room, room.role(f"writes-{what.replace(' ', '-')}", "kms:Decrypt"))

    assert error_of(call, **arguments)[0] == "AccessDeniedException"
    assert f"perform: {action} on resource: {room.key}" in message_of(call, **arguments)


def test_a_table_and_a_function_are_made_by_who_may_lend_the_key(room: Room) -> None:
    role = room.role("lends-nothing", "kms:DescribeKey", "kms:Encrypt", "kms:Decrypt")
    dynamodb, functions = room.client("dynamodb", role), room.client("lambda", role)

    for call, arguments in (
        (dynamodb.create_table, room.table("new")),
        (functions.create_function, room.function("new")),
    ):
        assert error_of(call, **arguments)[0] == "AccessDeniedException"
        assert "perform: kms:CreateGrant on" in message_of(call, **arguments)


def test_who_may_use_the_key_through_the_services_does_all_of_it(room: Room) -> None:
    services = [f"{name}.{HOME_REGION}.amazonaws.com" for name in STORES]
    via = {"StringEquals": {"kms:ViaService": services}}
    actions = ("Encrypt", "Decrypt", "GenerateDataKey", "CreateGrant", "DescribeKey")
    role = room.role("via-all", *(f"kms:{action}" for action in actions), Condition=via)

    for wanted in (*READS.values(), *(wanted for _, wanted in WRITES.values())):
        call, arguments = wanted(room, role)
        call(**arguments)
    room.client("dynamodb", role).create_table(**room.table("made"))
    room.client("lambda", role).create_function(**room.function("made"))


def test_the_encryption_context_is_the_secret_the_parameter_and_the_table(room: Room) -> None:
    context = {
        "kms:EncryptionContext:PARAMETER_ARN": (
            f"arn:aws:ssm:{HOME_REGION}:{PAYMENTS_DEV}:parameter/kept"
        )
    }
    role = room.role("by-context", "kms:Decrypt", Condition={"StringEquals": context})

    read, arguments = READS["parameter"](room, role)
    assert read(**arguments)["Parameter"]["Value"]
    for what in ("secret", "item"):
        call, arguments = READS[what](room, role)
        assert error_of(call, **arguments)[0] == "AccessDeniedException"


def test_what_is_not_encrypted_or_not_decrypted_wants_no_key(room: Room) -> None:
    role = room.role("keyless")
    ssm = room.client("ssm", role)

    ssm.put_parameter(Name="/plain", Value="x", Type="String")
    ssm.get_parameter(Name="/plain", WithDecryption=True)
    ssm.get_parameter(Name="/kept")
    room.client("secretsmanager", role).create_secret(Name="of-aws", SecretString="x")
    room.client("secretsmanager", role).get_secret_value(SecretId="of-aws")


def test_a_key_that_is_disabled_serves_nobody(room: Room) -> None:
    kms = room.client("kms")
    kms.disable_key(KeyId=room.key)
    codes = {
        what: error_of(call, **arguments)[0]
        for what, wanted in {**READS, "value": WRITES["another value"][1]}.items()
        for call, arguments in [wanted(room, "")]
    }
    function = error_of(room.client("lambda").create_function, **room.function("another"))
    kms.enable_key(KeyId=room.key)

    assert codes["secret"] == "DecryptionFailure"
    assert codes["value"] == "EncryptionFailure"
    assert codes["parameter"] == "InvalidKeyId"
    assert codes["item"] == "ValidationException"
    assert function[0] == "InvalidParameterValueException"
