"""Approvals of stored plans: SSH signatures over a run's id and the digest of its manifest.

Source: ssh-keygen(1), "-Y sign" and "-Y verify", ALLOWED SIGNERS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

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
        """The name of the one who has approved exactly this manifest. Raises NotApproved."""
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
