"""The zip of the function that findings go to: its code, the SDK that it calls AWS with, and the
decisions as a document.

The same code, versions and decisions give the same bytes on every machine, so the digest that was
planned is the one that is deployed: nothing is compressed (libraries differ), and no time, owner or
order of a file system gets in.

The SDK is boto3 as the function was tested with it. AWS Lambda has a boto3 of its own, which is
another one every few weeks, and may know less than ours: botocore leaves out what its models do not
know, and a setting that is read, changed and written back would be lost. What lies in the zip comes
before the runtime's. Its files are those that pip has installed here, held against the hashes of
their wheels; `pyproject.toml` names each version exactly.
Source: AWS Lambda Developer Guide, "Working with .zip file archives for Python Lambda functions".
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shlex
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.metadata import Distribution, PackagePath
from pathlib import Path

from orchestrator.errors import OrchestratorError, ToolMissing
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.render import matrix

VERSIONS = (
    ("boto3", "1.44.8"),
    ("botocore", "1.44.8"),
    ("jmespath", "1.1.0"),
    ("python-dateutil", "2.9.0.post0"),
    ("s3transfer", "0.19.3"),
    ("six", "1.17.0"),
    ("urllib3", "2.8.0"),
)
"""boto3 and all that it needs, as in requirements.lock."""

FIX = shlex.join(
    [sys.executable, *("-m", "pip", "install", "--force-reinstall", "--no-deps")]
    + [f"{name}=={version}" for name, version in VERSIONS]
)
MODELS = "botocore/data"
LEFT_OUT = ("boto3/data/", "boto3/examples/")
"""Resources, which nobody asks for: the code makes clients."""
KEPT = frozenset({".py", ".pem"})
QUOTED = re.compile(rb"""["']([a-z0-9-]+)["']""")

Services = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sdk:
    """Distributions of exact versions, as `find` finds them installed."""

    versions: tuple[tuple[str, str], ...] = VERSIONS
    find: Callable[[str], Distribution] = metadata.distribution

    def services(self, sources: Iterable[bytes]) -> Services:
        """Every service of AWS that the code names, as boto3 names it."""
        words = {word.decode() for source in sources for word in QUOTED.findall(source)}
        return frozenset(words & _models(self).keys())

    def files(self, services: Services) -> Mapping[str, bytes]:
        """By name in the zip: all code, and the newest models of `services`.

        Raises ToolMissing if other versions are installed than the function was tested with, or a
        file is not the one that its wheel brought.
        """
        return _files(self, services)

    def installed(self, name: str, version: str) -> tuple[PackagePath, ...]:
        """What pip has noted of a wheel's files. Raises ToolMissing."""
        try:
            found = self.find(name)
        except metadata.PackageNotFoundError as error:
            raise ToolMissing(f"{name} {version} is not installed", FIX) from error
        if found.version != version:
            what = f"the findings function was tested with {name} {version}, not {found.version}"
            raise ToolMissing(what, FIX)
        if not found.files:
            raise ToolMissing(f"nothing says which files {name} consists of", FIX)
        return tuple(found.files)


@cache
def _files(sdk: Sdk, services: Services) -> Mapping[str, bytes]:
    models = {(MODELS, *model) for model in _models(sdk).items() if model[0] in services}
    return {
        path.as_posix(): _content(path)
        for name, version in sdk.versions
        for path in sdk.installed(name, version)
        if (_is_wanted(path, models) if path.is_relative_to(MODELS) else _is_code(path))
    }


def _is_wanted(path: PackagePath, models: set[tuple[str, str, str]]) -> bool:
    """A model of a wanted service, or what belongs to all: regions, partitions, retries."""
    model = (MODELS, *path.relative_to(MODELS).parts[:2])
    return path.parent.as_posix() == MODELS or (
        model in models and not path.name.startswith("examples-")
    )


def _is_code(path: PackagePath) -> bool:
    """No scripts, which lie outside, and nothing that was compiled."""
    name = path.as_posix()
    return path.suffix in KEPT and not name.startswith((*LEFT_OUT, "../"))


@cache
def _models(sdk: Sdk) -> Mapping[str, str]:
    """The newest version of each service's model, by the service's name."""
    found: dict[str, str] = {}
    for path in sdk.installed("botocore", dict(sdk.versions)["botocore"]):
        if path.match(f"{MODELS}/*/*/service-2.json*"):
            service, version = path.parts[2:4]
            found[service] = max(version, found.get(service, ""))
    return found


def _content(path: PackagePath) -> bytes:
    content = path.read_binary()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    if path.hash is None or (path.hash.mode, path.hash.value) != ("sha256", digest):
        raise ToolMissing(f"{path.locate()} is not the file that was installed", FIX)
    return content


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
