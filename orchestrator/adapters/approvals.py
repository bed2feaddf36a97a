"""Approvals of stored plans: SSH signatures over a run's id and digest, or signatures by KMS keys.

What is signed is the digest of the manifest, which names every plan of the run.
Source: ssh-keygen(1), "-Y sign" and "-Y verify", ALLOWED SIGNERS; AWS KMS API Reference, Sign and
Verify.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.files import write
from orchestrator.adapters.process import Command, Completed
from orchestrator.errors import NotApproved, UsageError

NAMESPACE = "orchestrator-plan"
"""What is signed for something else is not an approval."""
TIMEOUT = 60.0
KEPT = ("PATH", "HOME", "SSH_AUTH_SOCK")
PRINCIPAL = re.compile(r"[A-Za-z0-9._@+-]+")


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approvals kept in `folder`, a file a run."""

    folder: Path
    env: Mapping[str, str]
    run: Callable[[Command], Completed]

    def file(self, run: str) -> Path:
        return self.folder / f"{run}.approval"

    def sign(self, run: str, manifest: str, key: Path) -> Path:
        """Approve with a private key, or with a public one whose private key an agent holds.

        Raises UsageError if ssh-keygen cannot sign.
        """
        with TemporaryDirectory(prefix="orchestrator-approval-") as private:
            message = _message(Path(private), run, manifest)
            ended = self._keygen("sign", "-n", NAMESPACE, "-f", str(key.absolute()), str(message))
            signature = message.with_name("message.sig")
            if ended.code != 0 or not signature.is_file():
                raise UsageError(
                    f"'{key}' cannot sign: {ended.stderr.strip()}",
                    "name a private key that needs no passphrase, or the public key of one that "
                    "your SSH agent holds",
                )
            write(self.file(run), signature.read_text("ascii"))
        return self.file(run)

    def signer(self, run: str, manifest: str, signers: Mapping[str, str]) -> str:
        """The name of the signer who has approved exactly this manifest. Raises NotApproved."""
        signature = self.file(run)
        if not signature.is_file():
            raise NotApproved(run, "there is no approval")
        with TemporaryDirectory(prefix="orchestrator-approval-") as private:
            allowed = Path(private) / "allowed_signers"
            allowed.write_text("".join(_line(name, key) for name, key in signers.items()))
            common = ("-f", str(allowed), "-s", str(signature.absolute()))
            found = self._keygen("find-principals", *common)
            name = found.stdout.partition("\n")[0]
            if found.code != 0 or not PRINCIPAL.fullmatch(name):
                raise NotApproved(run, "it is not signed by one of organization.approval.signers")
            message = _message(Path(private), run, manifest)
            ended = self._keygen("verify", *common, "-I", name, "-n", NAMESPACE, stdin=message)
        if ended.code != 0:
            raise NotApproved(run, f"the signature of '{name}' is not over these plans")
        return name

    def _keygen(self, what: str, *arguments: str, stdin: Path | None = None) -> Completed:
        argv = ("ssh-keygen", "-Y", what, *arguments)
        env = {name: self.env[name] for name in KEPT if name in self.env} | {"LC_ALL": "C"}
        return self.run(Command(argv, Path("/"), env, TIMEOUT, private=True, stdin=stdin))


def _message(folder: Path, run: str, manifest: str) -> Path:
    file = folder / "message"
    file.write_text(f"{run} {manifest}\n", "ascii")
    return file


def _line(name: str, key: str) -> str:
    kind, public, *_ = key.split(" ")
    return f'{name} namespaces="{NAMESPACE}" {kind} {public}\n'


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

        Only `keys` are asked, even if the approval names another one.
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
    """Whether it is our document; an SSH signature begins otherwise."""
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
