"""Whether services, roles and keys may: by the policies that moto holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from orchestrator.sandbox.data_access import key_arn, key_refusal
from orchestrator.sandbox.resource_policies import NOTHING, document
from orchestrator.sandbox.service_access import on_behalf, refusal, role_refusal

ACCOUNT, OTHER, REGION = "311111111111", "322222222222", "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sender"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/all"
EVENTS = "events.amazonaws.com"
KEYS = on_behalf(EVENTS, RULE, ACCOUNT)


def policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str = "Allow", **more: Any) -> dict[str, object]:
    return {"Effect": effect, "Action": "*", "Resource": "*", **more}


def by_service(**more: Any) -> dict[str, object]:
    return statement(Principal={"Service": EVENTS}, **more)


@pytest.fixture(autouse=True)
def _nothing_is_there() -> Iterator[None]:
    yield
    for backends in (iam_backends, kms_backends, s3_backends, sqs_backends):
        backends.reset()


def a_queue(*statements: Mapping[str, object]) -> None:
    attributes = {"Policy": policy(*statements)} if statements else {}
    sqs_backends[ACCOUNT][REGION].create_queue("work", **attributes)


def a_role(trust: str, *allowed: str) -> None:
    iam = iam_backends[ACCOUNT]["aws"]
    iam.create_role("sender", trust, "/", None, "", {}, "3600")
    if allowed:
        iam.put_role_policy("sender", "own", policy(statement(Action=list(allowed))))


def a_key(*statements: Mapping[str, object]) -> Any:
    backend = kms_backends[ACCOUNT][REGION]
    return backend.create_key(policy(*statements), "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", None)


def test_a_resource_without_a_policy_is_told_from_one_that_is_not_there() -> None:
    a_queue()

    assert document(QUEUE) == NOTHING
    assert document(QUEUE + "-not") is None
    assert document(QUEUE.replace(ACCOUNT, OTHER)) is None


def test_an_object_is_under_the_policy_of_its_bucket() -> None:
    s3_backends[ACCOUNT]["aws"].create_bucket("logs", REGION)
    s3_backends[ACCOUNT]["aws"].put_bucket_policy("logs", policy(by_service()).encode())

    assert refusal(EVENTS, "s3:PutObject", "arn:aws:s3:::logs/2026/a.gz", KEYS) == ""


def test_a_service_needs_a_statement_that_names_it() -> None:
    a_queue(statement(Principal={"Service": "sns.amazonaws.com"}))

    assert "does not let events.amazonaws.com sqs:SendMessage" in refusal(
        EVENTS, "sqs:SendMessage", QUEUE, KEYS
    )


def test_a_service_is_held_to_the_resource_it_acts_for() -> None:
    a_queue(by_service(Condition={"ArnEquals": {"aws:SourceArn": RULE}}))
    other = on_behalf(EVENTS, f"{RULE}-other", ACCOUNT)

    assert refusal(EVENTS, "sqs:SendMessage", QUEUE, KEYS) == ""
    assert refusal(EVENTS, "sqs:SendMessage", QUEUE, other) != ""


def test_a_deny_of_everyone_is_one_of_services_too() -> None:
    a_queue(by_service(), statement("Deny", Principal="*"))

    assert "denies events.amazonaws.com" in refusal(EVENTS, "sqs:SendMessage", QUEUE, KEYS)


def test_a_deny_without_tls_stops_no_service() -> None:
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    a_queue(by_service(), statement("Deny", Principal="*", Condition=insecure))

    assert refusal(EVENTS, "sqs:SendMessage", QUEUE, KEYS) == ""


def test_a_role_has_to_be_there_to_trust_the_service_and_to_be_allowed() -> None:
    a_queue()
    wanted = (EVENTS, "sqs:SendMessage", QUEUE, KEYS)
    assert role_refusal(ROLE, *wanted) == f"there is no role {ROLE}"

    a_role(policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}))
    assert role_refusal(ROLE, *wanted) == f"{ROLE} does not trust {EVENTS}"

    role = iam_backends[ACCOUNT]["aws"].get_role("sender")
    trusting = {"Action": "sts:AssumeRole", "Principal": {"Service": EVENTS}}
    role.assume_role_policy_document = policy({"Effect": "Allow", **trusting})
    assert "not authorized to perform: sqs:SendMessage" in role_refusal(ROLE, *wanted)

    iam_backends[ACCOUNT]["aws"].put_role_policy(
        "sender", "own", policy(statement(Action="sqs:SendMessage"))
    )
    assert role_refusal(ROLE, *wanted) == ""


def test_a_trust_with_another_source_keeps_the_service_out() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": OTHER}}
    trusting = {"Action": "sts:AssumeRole", "Principal": {"Service": EVENTS}}
    a_role(policy({"Effect": "Allow", **trusting, "Condition": condition}), "sqs:*")

    assert "does not trust" in role_refusal(ROLE, EVENTS, "sqs:SendMessage", QUEUE, KEYS)


def test_a_key_must_be_enabled_and_admit_the_service() -> None:
    key = a_key(by_service(Action="kms:Decrypt"))
    via = f"sqs.{REGION}.amazonaws.com"
    arn = key_arn(key.id, ACCOUNT, REGION)

    assert key_refusal(arn, ["kms:Decrypt"], EVENTS, via, KEYS) == ""
    assert "kms:GenerateDataKey" in key_refusal(
        arn, ["kms:Decrypt", "kms:GenerateDataKey"], EVENTS, via, KEYS
    )
    kms_backends[ACCOUNT][REGION].disable_key(key.id)
    assert key_refusal(arn, ["kms:Decrypt"], EVENTS, via, KEYS) == f"the key {arn} is Disabled"


def test_a_grant_admits_a_role_to_a_key_whose_policy_does_not_name_it() -> None:
    key = a_key(statement(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"}))
    via = f"s3.{REGION}.amazonaws.com"

    assert key_refusal(key.arn, ["kms:Decrypt"], ROLE, via, {}) != ""
    key.add_grant("g", ROLE, ["Decrypt"], {}, "")
    assert key_refusal(key.arn, ["kms:Decrypt"], ROLE, via, {}) == ""


def test_no_service_sends_to_a_queue_under_a_key_of_awss_own() -> None:
    arn = key_arn("alias/aws/sqs", ACCOUNT, REGION)

    assert "AWS's own" in key_refusal(arn, ["kms:Decrypt"], EVENTS, "sqs", KEYS)
