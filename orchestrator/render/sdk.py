"""The SDK that travels in the findings function's zip: boto3 as the function was tested with it.

AWS Lambda has a boto3 of its own, which is another one every few weeks, and may know less than
ours: botocore leaves out what its models do not know, and a setting that is read, changed and
written back would be lost. What lies in the zip comes before the runtime's.
Source: AWS Lambda Developer Guide, "Working with .zip file archives for Python Lambda functions".

The files are those that pip has installed here, held against the hashes of their wheels. The same
versions give the same bytes on every machine; `pyproject.toml` names each version exactly.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.metadata import Distribution, PackagePath

from orchestrator.errors import ToolMissing

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
