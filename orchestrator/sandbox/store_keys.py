"""Which customer key Secrets Manager, Parameter Store, Lambda and DynamoDB use for a caller.

DynamoDB keeps a table's key for five minutes; here it asks anew each time.
Source: AWS Secrets Manager User Guide, "Secret encryption and decryption"; AWS Systems Manager
User Guide, "AWS KMS encryption for Parameter Store SecureString parameters"; AWS Lambda Developer
Guide, "Securing Lambda environment variables"; Amazon DynamoDB Developer Guide, "DynamoDB
encryption at rest: usage notes" and "Managing encrypted tables in DynamoDB".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestrator.sandbox.data_access import BOTH, READS, WRITES, Members, Use, Uses, key_arn
from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.resource_policies import existing

CHECKS = "RequestToValidateKeyAccess"
"""What Secrets Manager tries a key with that it is given."""
TABLE = ("kms:DescribeKey", "kms:CreateGrant", "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
FUNCTION = ("kms:CreateGrant", "kms:Encrypt")


def _context(**pairs: str) -> dict[str, list[str]]:
    return {f"kms:encryptioncontext:{name}".lower(): [value] for name, value in pairs.items()}


LENT = {"kms:grantisforawsresource": ["true"]}
CONTEXTS: Mapping[str, dict[str, list[str]]] = {
    "dynamodb": LENT,
    "lambda": LENT,
    "secretsmanager": _context(SecretARN=CHECKS, SecretVersionId=CHECKS),
}
"""The condition keys when a service is given a key."""


def _named(via: str, actions: tuple[str, ...], member: str) -> Uses:
    """The key that the request names."""

    def named(call: Call, members: Members, account_id: str) -> Iterator[Use]:
        if key := str(members.get(member) or ""):
            arn = key_arn(key, account_id, call.region)
            yield Use(arn, actions, via, call.region, CONTEXTS[via])

    return named


_new_secret = _named("secretsmanager", BOTH, "KmsKeyId")
_configured = _named("lambda", FUNCTION, "KMSKeyArn")


def _secret(actions: tuple[str, ...]) -> Uses:
    """The key of the secret that is read, or gets another value."""

    def of_secret(call: Call, members: Members, account_id: str) -> Iterator[Use]:
        wanted = str(members.get("SecretId") or "")
        owner = wanted.split(":")[4] if wanted.startswith("arn:") else account_id
        backend = existing("secretsmanager", owner, call.region)
        for secret in list(backend.secrets.values()) if backend is not None else ():
            if wanted in (secret.name, secret.arn, secret.arn[:-7]) and secret.kms_key_id:
                arn = key_arn(str(secret.kms_key_id), owner, call.region)
                keys = _context(SecretARN=secret.arn)
                yield Use(arn, actions, "secretsmanager", call.region, keys)

    return of_secret


def _changed_secret(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    """With another key, or else with a value for the one it has."""
    if members.get("KmsKeyId"):
        yield from _new_secret(call, members, account_id)
    elif members.get("SecretString") or members.get("SecretBinary"):
        yield from _secret(BOTH)(call, members, account_id)


def _put_parameter(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    """One of the standard tier is encrypted by KMS itself, an advanced one with a data key."""
    name = str(members.get("Name") or "")
    held = _parameters(account_id, call.region, [name])
    if members.get("Type") != "SecureString" and not held:
        return
    key = str(members.get("KeyId") or (held[-1].keyid if held else "") or "alias/aws/ssm")
    actions = WRITES if members.get("Tier") == "Advanced" else ("kms:Encrypt",)
    yield _of_parameter(name, key, account_id, call.region, actions)


def _read_parameters(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    if str(members.get("WithDecryption")).lower() != "true":
        return
    names = [str(members.get("Name") or ""), *(members.get("Names") or ())]
    held = _parameters(account_id, call.region, names) or _below(call, members, account_id)
    for each in held:
        yield _of_parameter(each.name, str(each.keyid), account_id, call.region, READS)


def _below(call: Call, members: Members, account_id: str) -> list[Any]:
    """Those of a path, and of the paths below it if it is to go on."""
    path = str(members.get("Path") or "")
    start = f"{path.rstrip('/')}/" if path else "?"
    deep = str(members.get("Recursive")).lower() == "true"
    found = [each for each in _secure(account_id, call.region) if each.name.startswith(start)]
    return [each for each in found if deep or "/" not in each.name.removeprefix(start)]


def _parameters(account_id: str, region: str, names: Iterable[str]) -> list[Any]:
    """By name or ARN, with or without a version."""
    wanted = {name.split(":parameter")[-1].split(":")[0] for name in names}
    return [each for each in _secure(account_id, region) if each.name in wanted]


def _secure(account_id: str, region: str) -> list[Any]:
    """The last version of each SecureString."""
    backend = existing("ssm", account_id, region)
    versions = list(dict.values(backend._parameters)) if backend is not None else []
    return [held[-1] for held in versions if held and held[-1].parameter_type == "SecureString"]


def _of_parameter(name: str, key: str, owner: str, region: str, actions: tuple[str, ...]) -> Use:
    arn = f"arn:aws:ssm:{region}:{owner}:parameter/{name.removeprefix('/')}"
    keys = _context(PARAMETER_ARN=arn)
    return Use(key_arn(key, owner, region), actions, "ssm", region, keys)


def _table(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    """The key of each table whose items are read or written."""
    for named in sorted(_tables(members)):
        owner = named.split(":")[4] if named.startswith("arn:") else account_id
        name = named.rpartition("table/")[2]
        backend = existing("dynamodb", owner, call.region)
        table = backend.tables.get(name) if backend is not None else None
        key = (getattr(table, "sse_specification", None) or {}).get("KMSMasterKeyId")
        if key:
            keys = _context(**{"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": owner})
            yield Use(key_arn(str(key), owner, call.region), READS, "dynamodb", call.region, keys)


def _tables(members: Members) -> set[str]:
    """Of a single call, a batch or a transaction."""
    single, batch = members.get("TableName"), members.get("RequestItems") or {}
    parts = [part for item in members.get("TransactItems") or () for part in item.values() if part]
    return {str(single)} - {"None"} | set(batch) | {str(part["TableName"]) for part in parts}


def _table_key(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    yield from _named("dynamodb", TABLE, "KMSMasterKeyId")(
        call, members.get("SSESpecification") or {}, account_id
    )


def _environment(call: Call, members: Members, account_id: str) -> Iterator[Use]:
    """The key that is named, or else the function's, for the variables it is to keep."""
    named = members.get("KMSKeyArn")
    if named is None and members.get("Environment"):
        backend = existing("lambda", account_id, call.region)
        name = str(members.get("FunctionName") or "").rpartition("function:")[2].split(":")[0]
        functions = backend.list_functions() if backend is not None else ()
        named = next((f.kms_key_arn for f in functions if f.function_name == name), None)
    yield from _configured(call, {"KMSKeyArn": named}, account_id)


ITEMS = ("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan")
CALLS: Mapping[str, Uses] = {
    **{f"dynamodb:{name}": _table for name in (*ITEMS, "UpdateItem")},
    "dynamodb:CreateTable": _table_key,
    "dynamodb:TransactGetItems": _table,
    "dynamodb:TransactWriteItems": _table,
    "dynamodb:UpdateTable": _table_key,
    "lambda:CreateFunction": _configured,
    "lambda:UpdateFunctionConfiguration": _environment,
    "secretsmanager:CreateSecret": _new_secret,
    "secretsmanager:GetSecretValue": _secret(READS),
    "secretsmanager:PutSecretValue": _secret(BOTH),
    "secretsmanager:UpdateSecret": _changed_secret,
    "ssm:GetParameter": _read_parameters,
    "ssm:GetParameterHistory": _read_parameters,
    "ssm:GetParameters": _read_parameters,
    "ssm:GetParametersByPath": _read_parameters,
    "ssm:PutParameter": _put_parameter,
}
