"""AWS KMS: policies that lock out, aliases, windows, and how a key is named."""

from __future__ import annotations

from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import Bench, Case, Params, allow, document

KEY_MALFORMED = "MalformedPolicyDocumentException"


def _key_policy(**more: object) -> str:
    root = {"AWS": "arn:aws:iam::200000000009:root"}
    return document({**allow("kms:*"), "Principal": root, **more})


KEY_ROWS = [
    ("not JSON", {"Policy": "{"}, KEY_MALFORMED),
    (
        "a policy that locks the caller out",
        {"Policy": _key_policy(Action=["kms:Encrypt", "kms:Decrypt"])},
        KEY_MALFORMED,
    ),
    (
        "a policy for another account alone",
        {"Policy": _key_policy(Principal={"AWS": "arn:aws:iam::200000000006:root"})},
        KEY_MALFORMED,
    ),
    ("a principal nobody has", {"Policy": _key_policy(Principal={"AWS": NOBODY})}, KEY_MALFORMED),
    ("no principal", {"Policy": document(allow("kms:*"))}, KEY_MALFORMED),
    ("an effect of neither kind", {"Policy": _key_policy(Effect="Maybe")}, KEY_MALFORMED),
    (
        "a service AWS does not have",
        {"Policy": _key_policy(Principal={"Service": "nothing.amazonaws.com"})},
        KEY_MALFORMED,
    ),
]

KEYS_ONLY: dict[str, Params] = {
    "disable_key": {},
    "enable_key": {},
    "enable_key_rotation": {},
    "get_key_rotation_status": {},
    "get_key_policy": {"PolicyName": "default"},
    "list_resource_tags": {},
    "update_key_description": {"Description": "probe"},
}


def _elsewhere(bench: Bench) -> str:
    return str(bench.made["key"]["Arn"]).replace(bench.region, "us-west-2")


def _about_a_key(operation: str, given: Params) -> Case:
    """An operation on a key as a thing: an id or ARN, and no alias."""
    return Case(
        "kms",
        operation,
        lambda bench: {"KeyId": bench.made["key"]["Arn"], **given},
        [
            ("an alias", {"KeyId": "alias/probe"}, "NotFoundException"),
            (
                "the ARN of an alias",
                lambda bench: {"KeyId": bench.arn("kms", "alias/probe")},
                "InvalidArnException",
            ),
            (
                "a key of another region",
                lambda bench: {"KeyId": _elsewhere(bench)},
                "NotFoundException",
            ),
            ("a key nobody has", {"KeyId": "0" * 8}, "NotFoundException"),
        ],
        f"AWS KMS API Reference, {operation}, KeyId",
    )


CASES = [
    Case(
        "kms",
        "create_key",
        lambda _: {"Policy": _key_policy()},
        [*KEY_ROWS, ("a use AWS does not have", {"KeyUsage": "GUESS"}, "ValidationException")],
        "AWS KMS API Reference, CreateKey",
    ),
    Case(
        "kms",
        "put_key_policy",
        lambda bench: {
            "KeyId": bench.made["key"]["KeyId"],
            "Policy": _key_policy(),
            "PolicyName": "default",
        },
        [*KEY_ROWS, ("a key nobody has", {"KeyId": "0" * 8}, "NotFoundException")],
        "AWS KMS API Reference, PutKeyPolicy",
    ),
    Case(
        "kms",
        "create_alias",
        lambda bench: {"AliasName": "alias/probe", "TargetKeyId": bench.made["key"]["KeyId"]},
        [
            ("an alias of AWS's", {"AliasName": "alias/aws/probe"}, "NotAuthorizedException"),
            ("no prefix", {"AliasName": "probe"}, "InvalidAliasNameException"),
            ("a mark in it", {"AliasName": "alias/a!b"}, "ValidationException"),
            ("a key nobody has", {"TargetKeyId": "0" * 8}, "NotFoundException"),
        ],
        "AWS KMS API Reference, CreateAlias",
    ),
    Case(
        "kms",
        "schedule_key_deletion",
        lambda bench: {
            "KeyId": bench.client("kms").create_key()["KeyMetadata"]["KeyId"],
            "PendingWindowInDays": 7,
        },
        [
            ("in 6 days", {"PendingWindowInDays": 6}, "ValidationException"),
            ("in 31 days", {"PendingWindowInDays": 31}, "ValidationException"),
            ("at once", {"PendingWindowInDays": 0}, "ValidationException"),
        ],
        "AWS KMS API Reference, ScheduleKeyDeletion",
    ),
    *[_about_a_key(operation, given) for operation, given in KEYS_ONLY.items()],
]
