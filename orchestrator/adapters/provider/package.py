"""The provider that `terraform init` has put in a folder: its program, and its schemas cut down.

Terraform decodes all it is sent, in every command: 4.9 MB whole, some 50 KB like this.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import zipfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters import files
from orchestrator.adapters.files import Remembered
from orchestrator.adapters.provider.messages_pb2 import Diagnostic, IdentitySchemas, Schemas
from orchestrator.adapters.terraform import packages

NAME = "hashicorp/aws"
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
PROGRAM = "terraform-provider-aws_v*"


@dataclass(frozen=True, slots=True)
class Package:
    """A provider whose contents the lock file vouches for.

    `address` is its whole name, with the registry; `hash` the lock file's of its contents.
    """

    address: str
    program: Path
    hash: str


class Packages:
    """Finds providers, and hashes each package once: half a second, which Terraform would spend
    on every command. `kept` is where hashes are remembered for the next run.
    """

    def __init__(self, kept: Path) -> None:
        self._hashes: dict[tuple[Path, int, int], str] = {}
        self._remembered = Remembered(kept)
        self._lock = threading.Lock()

    def find(self, folder: Path) -> Package | None:
        """The provider of an initialised folder; None when there is none, or not the locked one.

        What is wrong then is for Terraform to say.
        """
        for registry in REGISTRIES:
            address = f"{registry}/{NAME}"
            if program := _program(folder, address):
                return self._checked(folder, address, program)
        return None

    def _checked(self, folder: Path, address: str, program: Path) -> Package | None:
        lock = folder / packages.LOCK_FILE
        locked = packages.read_lock(lock.read_text(), address) if lock.is_file() else None
        found = self._hash(program)
        return Package(address, program, found) if locked and found in locked.hashes else None

    def _hash(self, program: Path) -> str:
        status = program.stat()
        key = (program, status.st_mtime_ns, status.st_size)
        with self._lock:
            if key not in self._hashes:
                folder = program.parent
                files = [path for path in folder.rglob("*") if path.is_file()]
                found = self._remembered.of("h1", files, lambda: packages.h1(folder))
                self._hashes[key] = found
            return self._hashes[key]


def _program(folder: Path, address: str) -> Path | None:
    """The one executable; a folder that kept several versions leaves the choice to Terraform."""
    found = (folder / ".terraform/providers" / address).glob(f"*/*/{PROGRAM}")
    programs = [path.resolve() for path in found if os.access(path, os.X_OK)]
    return programs[0] if len(programs) == 1 else None


LEFT_OUT = re.compile(
    r"TF_.*|CHECKPOINT_DISABLE|AWS_CA_BUNDLE|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE"
    r"|AWS_(?:DEFAULT_)?PROFILE|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SE\w+_TOKEN)"
    r"|AWS_ROLE_\w+|AWS_WEB_\w+|AWS_CONTAINER_\w+|PLUGIN_\w+"
)
"""A process serves many accounts, so nothing of one may be in its environment."""

NOWHERE = "/dev/null"

HANDSHAKE = {
    # Source: hashicorp/go-plugin and Terraform's handshake; no secret, but a sign of no accident.
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
}


def of_provider(run: Mapping[str, str]) -> dict[str, str]:
    """The run's endpoints, proxies and certificates, and no credentials.

    The provider refuses a second configuration when AWS_CA_BUNDLE is set ("unable to add custom
    RootCAs HTTPClient"); Go reads the same certificates from SSL_CERT_FILE.
    """
    kept = {name: value for name, value in run.items() if not LEFT_OUT.fullmatch(name)}
    if bundle := run.get("AWS_CA_BUNDLE"):
        kept["SSL_CERT_FILE"] = bundle
    nobody = {"AWS_CONFIG_FILE": NOWHERE, "AWS_SHARED_CREDENTIALS_FILE": NOWHERE}
    return {**kept, **nobody, "AWS_EC2_METADATA_DISABLED": "true"}


def understood(run: Mapping[str, str], system: str) -> bool:
    """Whether a process can be given the run's certificates: Go on macOS asks the keychain."""
    return not (run.get("AWS_CA_BUNDLE") and system == "Darwin")


def complete(answer: bytes) -> bool:
    """Whether it is an answer worth keeping."""
    schemas = Schemas.FromString(answer)
    return bool(schemas.resources) and not _failed(schemas)


def _failed(answer: Schemas | IdentitySchemas) -> bool:
    return any(said.severity == Diagnostic.ERROR for said in answer.diagnostics)


class Trimmer:
    """Cuts one answer down, and remembers how: hundreds of accounts need the same few types."""

    def __init__(self, answer: bytes) -> None:
        self._whole = answer
        self._names = frozenset(
            name for kind in _kinds(Schemas.FromString(answer)) for name in kind
        )
        self._cut: dict[frozenset[str], bytes] = {}

    def only(self, types: frozenset[str] | None) -> bytes:
        """The answer without the types that are not in `types`; None leaves all of them."""
        if types is None:
            return self._whole
        wanted = types & self._names
        if wanted not in self._cut:
            self._cut[wanted] = _without(self._whole, self._names - wanted)
        return self._cut[wanted]


def _without(answer: bytes, names: frozenset[str]) -> bytes:
    schemas = Schemas.FromString(answer)
    for kind in _kinds(schemas):
        for name in names & frozenset(kind):
            del kind[name]
    return schemas.SerializeToString()


def _kinds(schemas: Schemas) -> tuple[MutableMapping[str, bytes], ...]:
    return (
        schemas.resources,
        schemas.data_sources,
        schemas.ephemeral_resources,
        schemas.list_resources,
        schemas.actions,
    )


def identities(answer: bytes, types: frozenset[str] | None) -> bytes:
    """The identity schemas of `types` alone; None leaves all of them."""
    if types is None:
        return answer
    schemas = IdentitySchemas.FromString(answer)
    for name in frozenset(schemas.resources) - types:
        del schemas.resources[name]
    return schemas.SerializeToString()


DIGEST = 64
"""Characters of the digest that each file begins with, so that half a file is none."""


class Kept:
    """What is known of one provider package, in a folder named by the package's hash."""

    def __init__(self, cache: Path, package: str) -> None:
        self._folder = cache / hashlib.sha256(package.encode()).hexdigest()[:32]
        self._known: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        if name not in self._known and (content := self._read(name)) is not None:
            self._known[name] = content
        return self._known.get(name)

    def put(self, name: str, content: bytes) -> None:
        """Keep it; a cache that cannot be written is only slower."""
        self._known[name] = content
        with suppress(OSError):
            files.write(self._folder / name, _digest(content) + content)

    def _read(self, name: str) -> bytes | None:
        try:
            whole = (self._folder / name).read_bytes()
        except OSError:
            return None
        digest, content = whole[:DIGEST], whole[DIGEST:]
        return content if digest == _digest(content) else None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


SCHEMA, IDENTITIES = "GetSchema", "GetResourceIdentitySchemas"
MOST_FLAWLESS = 100_000
"""Checks that are remembered, in 12 MB."""


class Known:
    """The answers that are the same for every run, and the configurations found good."""

    def __init__(self, cache: Path, package: str) -> None:
        self._kept = Kept(cache, package)
        self._trimmer: Trimmer | None = None
        self._flawless: set[bytes] = set()

    def schema(self, types: frozenset[str] | None) -> bytes | None:
        """The schemas of `types` alone; None when no provider was asked yet."""
        if self._trimmer is None:
            whole = self._kept.get(SCHEMA)
            self._trimmer = Trimmer(whole) if whole else None
        return self._trimmer.only(types) if self._trimmer else None

    def learn_schema(self, answer: bytes) -> None:
        if complete(answer):
            self._kept.put(SCHEMA, answer)

    def answer(self, method: str) -> bytes | None:
        return self._kept.get(method)

    def learn_answer(self, method: str, answer: bytes) -> None:
        """Keep it. Of identity schemas only a whole answer, as of schemas."""
        if method != IDENTITIES or not _failed(IdentitySchemas.FromString(answer)):
            self._kept.put(method, answer)

    def good(self, shape: str) -> bool:
        """Whether the provider has found nothing to say about a configuration of this shape."""
        return self._kept.get(f"good-{shape}") is not None

    def learn_good(self, shape: str) -> None:
        self._kept.put(f"good-{shape}", b"")

    def flawless(self, method: str, request: bytes) -> bool:
        """Whether a check of this very request had nothing to say in this process."""
        return _fingerprint(method, request) in self._flawless

    def learn_flawless(self, method: str, request: bytes) -> None:
        """Keep a digest of it: a configuration may hold what is secret."""
        if len(self._flawless) < MOST_FLAWLESS:
            self._flawless.add(_fingerprint(method, request))


def _fingerprint(method: str, request: bytes) -> bytes:
    return hashlib.sha256(method.encode() + b"\0" + request).digest()


TYPE_NAME = re.compile(r"\baws_[a-z0-9_]+")
MODULES = Path(".terraform/modules/modules.json")
STATES = ("tfstate", "tfstate-prev")
"""What a saved plan holds of the state: refreshed, and as it was before."""


def types(folder: Path, plan_file: Path | None = None) -> frozenset[str] | None:
    """Every word that could be a type, in the root, its modules, its state and a plan of it.

    More than are types: those that are none cost nothing. None means that it cannot be known.
    The state in a bucket is not looked into; Terraform says so when it finds more there.
    """
    try:
        return frozenset(
            name for text in _texts(folder, plan_file) for name in TYPE_NAME.findall(text)
        )
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _texts(folder: Path, plan_file: Path | None) -> Iterator[str]:
    for module in _modules(folder):
        for path in module.iterdir():
            if path.name.endswith((".tf", ".tf.json", ".tofu")):
                yield path.read_text("utf-8")
    state = folder / "terraform.tfstate"
    if state.is_file():
        yield state.read_text("utf-8")
    if plan_file:
        with zipfile.ZipFile(plan_file) as plan:
            for name in STATES:
                yield plan.read(name).decode("utf-8")


def _modules(folder: Path) -> Iterator[Path]:
    """The root, and what `init` noted of the modules it calls. Raises KeyError and TypeError."""
    yield folder
    noted = folder / MODULES
    if noted.is_file():
        for module in json.loads(noted.read_text("utf-8"))["Modules"]:
            if module["Key"]:
                yield folder / module["Dir"]
