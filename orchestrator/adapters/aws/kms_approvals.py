"""Approvals by KMS keys: signatures over the digest of a manifest.

Source: AWS KMS API Reference, Sign and Verify.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import NotApproved, UsageError

ALGORITHMS = ("ECDSA_SHA_256", "RSASSA_PSS_SHA_256")
VERSION = 1
MAY_SIGN = "let the key's policy, or your own, allow you kms:DescribeKey and kms:Sign"
MAY_VERIFY = "let the key's policy, or that of who applies, allow kms:Verify"


@dataclass(frozen=True, slots=True)
class CallersKeys:
    """Signed and verified with the caller's own credentials, in the key's region."""

    caller: AwsSession

    def sign(self, manifest: str, key: str) -> str:
        """The approval, as a document. Raises UsageError for a key that cannot sign, AwsDenied."""
        described = self._call("DescribeKey", key, MAY_SIGN)["KeyMetadata"]
        fitting = [name for name in ALGORITHMS if name in described.get("SigningAlgorithms", ())]
        if not fitting:
            raise UsageError(
                f"'{key}' cannot sign: it has none of {', '.join(ALGORITHMS)}",
                "name a KMS key for signing, such as one of ECC_NIST_P256 or RSA_3072",
            )
        digest = bytes.fromhex(manifest)
        asked = {"Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": fitting[0]}
        signature = self._call("Sign", key, MAY_SIGN, **asked)["Signature"]
        document = {
            "version": VERSION,
            "key": key,
            "algorithm": fitting[0],
            "signature": base64.b64encode(signature).decode("ascii"),
        }
        return json.dumps(document, indent=1) + "\n"

    def signer(self, run: str, manifest: str, approval: str, keys: Mapping[str, str]) -> str:
        """The name of the key that approves exactly this manifest. Raises NotApproved, AwsDenied.

        Whatever the approval says, one of `keys` is asked, and nothing else.
        """
        key, algorithm, signature = _read(run, approval)
        name = next((name for name, arn in keys.items() if arn == key), "")
        if not name or algorithm not in ALGORITHMS:
            raise NotApproved(run, "it is not signed by one of organization.approval.keys")
        asked = {"Message": bytes.fromhex(manifest), "MessageType": "DIGEST"}
        asked |= {"Signature": signature, "SigningAlgorithm": algorithm}
        try:
            valid = self._call("Verify", keys[name], MAY_VERIFY, **asked)["SignatureValid"]
        except Refused as refusal:
            if refusal.code != "KMSInvalidSignatureException":
                raise
            valid = False
        if valid is not True:
            raise NotApproved(run, f"the signature of '{name}' is not over these plans")
        return name

    def _call(self, operation: str, key: str, fix: str, **parameters: object) -> Any:
        try:
            region = key.split(":")[3]
            return self.caller.call("kms", operation, region, KeyId=key, **parameters)
        except Refused as refusal:
            if refusal.code in ("AccessDenied", "AccessDeniedException"):
                refusal.fix = fix
            raise


def is_one(approval: str) -> bool:
    """Whether it is a document of ours; an SSH signature begins otherwise."""
    return approval.lstrip().startswith("{")


def _read(run: str, approval: str) -> tuple[str, str, bytes]:
    try:
        document = json.loads(approval)
        signature = base64.b64decode(document["signature"], validate=True)
        read = str(document["key"]), str(document["algorithm"]), signature
        known = document["version"] == VERSION
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise NotApproved(run, "the approval is not a signature") from error
    if not known:
        raise NotApproved(run, "the approval is of a version that is not known here")
    return read
