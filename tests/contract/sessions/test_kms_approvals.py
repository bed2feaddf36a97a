"""Approvals, signed and verified by KMS keys of both kinds."""

from __future__ import annotations

import hashlib
import json

import pytest

from orchestrator.adapters.approvals import CallersKeys, is_one
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied, NotApproved, UsageError
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import ORGANIZATION, a_keyring

HOME = ORGANIZATION.facts.home_region
RUN, MANIFEST, ANOTHER = (
    "20260601-120000-abcd",
    *(hashlib.sha256(t).hexdigest() for t in (b"a", b"b")),
)


@pytest.fixture
def approvals(sandbox: Sandbox) -> CallersKeys:
    return CallersKeys(AwsSession(sandbox.environment, HOME))


def a_kms_key(sandbox: Sandbox, spec: str = "ECC_NIST_P256", usage: str = "SIGN_VERIFY") -> str:
    made = sandbox.client("kms").create_key(KeySpec=spec, KeyUsage=usage)
    return str(made["KeyMetadata"]["Arn"])


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [("ECC_NIST_P256", "ECDSA_SHA_256"), ("RSA_3072", "RSASSA_PSS_SHA_256")],
)
def test_a_manifest_is_approved_by_the_key_that_signed_it(
    approvals: CallersKeys, sandbox: Sandbox, spec: str, algorithm: str
) -> None:
    key, other = a_kms_key(sandbox, spec), a_kms_key(sandbox, spec)

    approval = approvals.sign(MANIFEST, key)

    assert approvals.signer(RUN, MANIFEST, approval, {"other": other, "release": key}) == "release"
    assert json.loads(approval)["algorithm"] == algorithm
    assert is_one(approval)


def test_an_approval_holds_for_one_manifest(approvals: CallersKeys, sandbox: Sandbox) -> None:
    key = a_kms_key(sandbox)
    approval = approvals.sign(MANIFEST, key)

    with pytest.raises(NotApproved, match="the signature of 'release' is not over these plans"):
        approvals.signer(RUN, ANOTHER, approval, {"release": key})


def test_a_key_that_is_not_named_approves_nothing(approvals: CallersKeys, sandbox: Sandbox) -> None:
    approval = approvals.sign(MANIFEST, a_kms_key(sandbox))

    with pytest.raises(NotApproved, match=r"not signed by one of organization\.approval\.keys"):
        approvals.signer(RUN, MANIFEST, approval, {"release": a_kms_key(sandbox)})


def test_an_approval_that_names_anothers_key_is_verified_by_that_one(
    approvals: CallersKeys, sandbox: Sandbox
) -> None:
    mine, release = a_kms_key(sandbox), a_kms_key(sandbox)
    forged = approvals.sign(MANIFEST, mine).replace(mine, release)

    with pytest.raises(NotApproved, match="the signature of 'release' is not over these plans"):
        approvals.signer(RUN, MANIFEST, forged, {"release": release})


@pytest.mark.parametrize("text", ["{", "{}", '{"version": 1, "key": "k", "algorithm": "a"}'])
def test_a_document_that_is_no_signature_is_no_approval(approvals: CallersKeys, text: str) -> None:
    with pytest.raises(NotApproved, match="not a signature"):
        approvals.signer(RUN, MANIFEST, text, {})


def test_a_key_that_only_encrypts_cannot_sign(approvals: CallersKeys, sandbox: Sandbox) -> None:
    key = a_kms_key(sandbox, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")

    with pytest.raises(UsageError, match="cannot sign: it has none of ECDSA_SHA_256"):
        approvals.sign(MANIFEST, key)


def test_who_may_not_use_the_key_neither_signs_nor_applies(
    approvals: CallersKeys, sandbox: Sandbox
) -> None:
    key = a_kms_key(sandbox)
    approval = approvals.sign(MANIFEST, key)
    nothing = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    )
    keys = a_keyring(sandbox).start_keys(nothing)
    denied = CallersKeys(AwsSession(sandbox.environment, HOME).acting_as(keys, "", "runner"))

    with pytest.raises(AwsDenied, match="kms:DescribeKey"):
        denied.sign(MANIFEST, key)
    with pytest.raises(AwsDenied, match="kms:Verify"):
        denied.signer(RUN, MANIFEST, approval, {"release": key})
