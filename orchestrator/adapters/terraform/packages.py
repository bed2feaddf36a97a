"""Packages of the AWS provider: where one lies on this machine, and which ones a lock file allows.

A mirror on this machine means that no registry has to be asked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


def h1(package: Path) -> str:
    """The hash of a package's contents, the same for a folder and for the zip of it.

    SHA-256, in base64, over one line a file: its SHA-256 in hex, two spaces, its name.
    Source: Go module golang.org/x/mod/sumdb/dirhash, Hash1, which Terraform uses.
    """
    lines = sorted((name, f"{digest}  {name}\n") for name, digest in _contents(package))
    total = hashlib.sha256("".join(line for _, line in lines).encode()).digest()
    return f"h1:{base64.b64encode(total).decode()}"


def _contents(package: Path) -> Iterator[tuple[str, str]]:
    if package.is_dir():
        for path in package.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                yield path.relative_to(package).as_posix(), digest
        return
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            total = hashlib.sha256()
            with archive.open(name) as member:
                while chunk := member.read(1 << 20):
                    total.update(chunk)
            yield name, total.hexdigest()


NUMBERS = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Ordered by its numbers; a pre-release is older than its release."""

    numbers: tuple[int, int, int]
    released: bool = True
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> Version | None:
        match = NUMBERS.fullmatch(text.strip())
        if not match:
            return None
        major, minor, patch, suffix, _ = match.groups()
        return cls((int(major), int(minor), int(patch)), suffix is None, suffix or "")

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + self.suffix


LOCK_FILE = ".terraform.lock.hcl"
PROVIDER = "registry.terraform.io/hashicorp/aws"
BLOCK = re.compile(r'provider "([^"]+)" \{\n(.*?)\n\}', re.DOTALL)
VERSION = re.compile(r'^\s*version\s*=\s*"([^"]+)"', re.MULTILINE)
HASH = re.compile(r'"((?:h1|zh):[^"]+)"')


@dataclass(frozen=True, slots=True)
class Locked:
    """The one version of a provider that may be used.

    `zh` hashes are of the packages as released, `h1` of their contents: an unpacked mirror can
    only be checked against the latter.
    """

    version: Version
    hashes: frozenset[str]


def read_lock(text: str, provider: str = PROVIDER) -> Locked | None:
    """What the lock file says of `provider`; None when it does not lock it."""
    for address, body in BLOCK.findall(text):
        version = VERSION.search(body)
        parsed = Version.parse(version[1]) if version else None
        if address == provider and parsed:
            return Locked(parsed, frozenset(HASH.findall(body)))
    return None


VARIABLES = ("ORCHESTRATOR_PROVIDER_MIRROR", "TF_PLUGIN_MIRROR_DIR")
SYSTEM_ROOTS = tuple(map(Path, ("/opt", "/usr/local/share", "/usr/share", "/usr/lib", "/var/lib")))
PACKED = re.compile(r"terraform-provider-aws_(?P<version>[^_]+)_(?P<platform>.+)\.zip")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A filesystem mirror that has the provider, and how it was found.

    `package` is the zip, or the folder with the executable.
    """

    path: Path
    package: Path
    found_by: str


def find_mirror(
    env: Mapping[str, str],
    platform: str,
    wanted: Version,
    here: Path,
    roots: Sequence[Path] = SYSTEM_ROOTS,
) -> Mirror | None:
    """The first mirror with the wanted version for this platform, the nearest ones first."""
    for path, found_by in _candidates(env, platform, here, roots):
        if package := _package(path, platform, wanted):
            return Mirror(path, package, found_by)
    return None


def _candidates(
    env: Mapping[str, str], platform: str, here: Path, roots: Sequence[Path]
) -> Iterator[tuple[Path, str]]:
    for variable in VARIABLES:
        if named := env.get(variable):
            yield Path(named), variable
    for path in implied(env, platform, here):
        yield path, "implied by Terraform"
    for root in roots:
        for pattern in (PROVIDER, f"*/{PROVIDER}", f"*/*/{PROVIDER}"):
            for found in sorted(_glob(root, pattern)):
                yield found.parents[2], "found on the system"


def implied(env: Mapping[str, str], platform: str, here: Path) -> Iterator[Path]:
    """The folders Terraform itself would look into.

    Source: Terraform documentation, CLI Configuration File, "Implied Local Mirror Directories".
    """
    home = Path(env.get("HOME") or "/")
    yield here / "terraform.d/plugins"
    yield home / ".terraform.d/plugins"
    if platform.startswith("darwin"):
        yield home / "Library/Application Support/io.terraform/plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
        return
    yield Path(env.get("XDG_DATA_HOME") or home / ".local/share") / "terraform/plugins"
    for folder in (env.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(folder) / "terraform/plugins"


def _glob(root: Path, pattern: str) -> Iterator[Path]:
    try:
        yield from root.glob(pattern)
    except OSError:
        # A folder that may not be read has nothing for us.
        return


def _package(mirror: Path, platform: str, wanted: Version) -> Path | None:
    """The unpacked or the packed layout; Terraform reads both."""
    provider = mirror / PROVIDER
    unpacked = provider / str(wanted) / platform
    packed = provider / f"terraform-provider-aws_{wanted}_{platform}.zip"
    if any(_glob(unpacked, "terraform-provider-aws*")):
        return unpacked
    return packed if packed.is_file() else None


def mirrored(mirror: Path, platform: str) -> tuple[Version, ...]:
    """The versions it has for this platform, for saying why it was of no use."""
    provider = mirror / PROVIDER
    unpacked = {path.parent.name for path in _glob(provider, f"*/{platform}")}
    matches = (PACKED.fullmatch(path.name) for path in _glob(provider, "*.zip"))
    packed = {match["version"] for match in matches if match and match["platform"] == platform}
    return tuple(sorted(filter(None, map(Version.parse, unpacked | packed))))


CLI_CONFIGURATION = "terraform.tfrc"


def own_configuration(caller: Mapping[str, str]) -> Path | None:
    """The caller's configuration, if it exists and says where providers come from.

    Its owner has thought about it then, perhaps with a network mirror and its credentials.
    """
    home = Path(caller.get("HOME") or "/")
    path = Path(caller.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    try:
        return path if "provider_installation" in path.read_text() else None
    except (OSError, UnicodeDecodeError):
        return None


def missing_configuration(caller: Mapping[str, str]) -> Path | None:
    """The file TF_CLI_CONFIG_FILE names, if there is none."""
    path = Path(caller.get("TF_CLI_CONFIG_FILE") or "/")
    return None if path.exists() else path


def choose_configuration(caller: Mapping[str, str], mirror: Mirror | None, folder: Path) -> Path:
    """The file to hand to Terraform; written into `folder` unless the caller's own is used.

    A mirror named by a variable is the caller's newest word, and wins over the caller's file.
    """
    named = mirror is not None and mirror.found_by in VARIABLES
    if not named and (path := own_configuration(caller)):
        return path
    return write_configuration(folder, mirror)


def write_configuration(folder: Path, mirror: Mirror | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path, text = folder / CLI_CONFIGURATION, content(mirror)
    if not path.is_file() or path.read_text() != text:
        part = folder / f"{CLI_CONFIGURATION}.part"
        part.write_text(text)
        part.chmod(0o600)
        part.replace(path)
    return path


def content(mirror: Mirror | None) -> str:
    if mirror is None:
        return "provider_installation {\n  direct {}\n}\n"
    return (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {_quoted(str(mirror.path.absolute()))}\n"
        f"    include = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "}\n"
    )


def _quoted(text: str) -> str:
    """A JSON string is one of HCL's, once nothing in it starts a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
