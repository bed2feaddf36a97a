"""The zip of the function that findings go to: its code, the SDK that it calls AWS with, and the
decisions as a document.

The same code, versions and decisions give the same bytes on every machine, so the digest that was
planned is the one that is deployed: nothing is compressed (libraries differ), and no time, owner or
order of a file system gets in.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import OrchestratorError
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.render import matrix
from orchestrator.render.sdk import Sdk

NAME = "findings.zip"
MATRIX = "matrix.json"
INSTALLED = Path(__file__).parents[2]
CODE = Path("orchestrator", "findings")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can name."""
PACKAGE = b'"""The part of the orchestrator that runs in AWS Lambda."""\n'
READABLE = 0o100644 << 16
TESTED = Sdk()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip, as a file of the stack."""

    content: bytes

    @property
    def sha256(self) -> str:
        """In base64, as Lambda has it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()


def wanted(organization: Organization, key: StackKey) -> bool:
    """Whether the stack deploys the function."""
    return key.stack is StackName.SECURITY and organization.facts.remediation.enabled


def bundle(organization: Organization, checkout: Path) -> Bundle:
    """The code of `checkout`; of the installed package if a project holds configuration only."""
    root = checkout if (checkout / CODE).is_dir() else INSTALLED
    document = matrix.text_of(matrix.document(organization)).encode()
    code = _code(root)
    brought = TESTED.files(TESTED.services(code.values()))
    return Bundle(zipped({**brought, **code, MATRIX: document}))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by name."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, also where it is made on another
            entry.external_attr = READABLE
            archive.writestr(entry, files[name])
    return data.getvalue()


def _code(root: Path) -> Mapping[str, bytes]:
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / CODE).rglob("*.py")
        if "__pycache__" not in path.parts
    }
    if not files:
        raise OrchestratorError(f"{root / CODE}: there is no code", "is the checkout complete?")
    return {"orchestrator/__init__.py": PACKAGE, **files}
