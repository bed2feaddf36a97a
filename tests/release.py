"""Builds and checks a release; `--tag` also makes it: the changelog, its commit and the tag.

python -m tests.release          dry: says what is wrong, or leaves wheel and SHA256SUMS in dist/
python -m tests.release --tag    then writes the changelog from changes/, commits it and tags it

Nothing is pushed. docs/releases.md tells the whole way.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.version import Version

from orchestrator import __version__

ROOT = Path(__file__).parents[1]
NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(rc[1-9]\d*)?")
BRANCH = "main"
DATA = ("terraform", "modules", "policies", "schemas", "account_configs")
"""Folders of the checkout that the wheel holds below orchestrator/_data/."""
AT_MODULES_OWN = re.compile(r"modules/[^/]+/tests/")


@dataclass(frozen=True, slots=True)
class Checkout:
    """What git says of the checkout, and the version that the package says it is."""

    version: str
    tags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    branch: str = BRANCH
    fragments: int = 1


def problems(checkout: Checkout, *, tagging: bool = False) -> tuple[str, ...]:
    """Everything that speaks against a release of this checkout, each with the way out."""
    if not NUMBER.fullmatch(checkout.version):
        return (
            f"'{checkout.version}' is not a version as we number them\n"
            "  fix: write MAJOR.MINOR.PATCH, or that with rc1, into orchestrator/__init__.py",
        )
    return (*_of_the_number(checkout), *_of_the_tree(checkout)) if tagging else ()


def _of_the_number(checkout: Checkout) -> Iterable[str]:
    released = [tag.removeprefix("v") for tag in checkout.tags if tag.startswith("v")]
    newest = max((v for v in released if NUMBER.fullmatch(v)), key=Version, default="0.0.0")
    if Version(checkout.version) <= Version(newest):
        yield (
            f"'{checkout.version}' is not newer than '{newest}', which has been released\n"
            "  fix: raise __version__ in orchestrator/__init__.py"
        )


def _of_the_tree(checkout: Checkout) -> Iterable[str]:
    if checkout.branch != BRANCH:
        yield f"the branch is '{checkout.branch}'\n  fix: git switch {BRANCH}"
    if checkout.changed:
        named = ", ".join(checkout.changed[:5])
        yield f"the checkout has changes that are in no commit: {named}\n  fix: commit them"
    if not checkout.fragments:
        yield "changes/ has no fragment: nothing has changed\n  fix: add one for each change"


def expected(tracked: Iterable[str]) -> frozenset[str]:
    """What the wheel holds of the files that git tracks, by their names in the wheel."""
    found = set()
    for name in tracked:
        top = name.partition("/")[0]
        if top == "orchestrator":
            found.add(name)
        elif top in DATA and not AT_MODULES_OWN.match(name):
            found.add(f"orchestrator/_data/{name}")
    return frozenset(found)


def differences(wheel: Path, version: str, tracked: Iterable[str]) -> tuple[str, ...]:
    """Where the wheel is not what the checkout says: its version, its command, each file."""
    with zipfile.ZipFile(wheel) as archive:
        about = f"securityhub_orchestrator-{version}.dist-info"
        names = frozenset(n for n in archive.namelist() if not n.startswith(f"{about}/"))
        metadata = HeaderParser().parsestr(_read(archive, f"{about}/METADATA"))
        commands = _read(archive, f"{about}/entry_points.txt")
    wanted = expected(tracked)
    found = [f"the wheel lacks '{name}'" for name in sorted(wanted - names)]
    found += [f"the wheel holds '{name}', which is in no commit" for name in sorted(names - wanted)]
    if metadata["Version"] != version:
        found.append(f"the wheel says it is '{metadata['Version']}', the package '{version}'")
    if "orchestrator = orchestrator.__main__:main" not in commands:
        found.append("the wheel installs no command 'orchestrator'")
    return tuple(found)


def _read(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode() if name in archive.namelist() else ""


def checksums(files: Iterable[Path]) -> str:
    """As `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)
    )


def run(*argv: str, root: Path = ROOT) -> str:
    """What the command has written; raises CalledProcessError, with it, when it fails."""
    return subprocess.run(argv, cwd=root, check=True, capture_output=True, text=True).stdout


def checkout(root: Path = ROOT) -> Checkout:
    fragments = [f for f in (root / "changes").glob("*.md") if f.name != "README.md"]
    return Checkout(
        __version__,
        tuple(run("git", "tag", "--list", root=root).split()),
        tuple(line[3:] for line in run("git", "status", "--porcelain", root=root).splitlines()),
        run("git", "branch", "--show-current", root=root).strip(),
        len(fragments),
    )


def build(folder: Path) -> Path:
    """The wheel, in `folder`."""
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (wheel,) = folder.glob("*.whl")
    return wheel


def built(dist: Path, version: str) -> tuple[str, ...]:
    """Build the wheel into `dist`, with its checksum; what is wrong with it."""
    for old in [*dist.glob("*.whl"), *dist.glob("SHA256SUMS")]:
        old.unlink()
    wheel = build(dist)
    with TemporaryDirectory() as again:
        same = build(Path(again)).read_bytes() == wheel.read_bytes()
    found = differences(wheel, version, run("git", "ls-files").splitlines())
    (dist / "SHA256SUMS").write_text(checksums([wheel]), "utf-8")
    return found if same else (*found, "two builds of the same files are not the same wheel")


def tag(version: str) -> None:
    """The changelog from its fragments, in a commit of its own, with the tag on it."""
    run(sys.executable, "-m", "towncrier", "build", "--yes", "--version", version)
    run("git", "commit", "--quiet", "--message", f"Release {version}")
    run("git", "tag", "--annotate", f"v{version}", "--message", f"orchestrator {version}")


def main(arguments: Sequence[str]) -> int:
    tagging = "--tag" in arguments
    found = problems(checkout(), tagging=tagging) or built(ROOT / "dist", __version__)
    if found:
        print("\n".join(found), file=sys.stderr)  # noqa: T201  a chore's own word
        return 1
    print((ROOT / "dist" / "SHA256SUMS").read_text("utf-8"), end="")  # noqa: T201
    if not tagging:
        print(f"dry: {__version__} is not tagged; `nox -s release -- --tag` does that")  # noqa: T201
        return 0
    tag(__version__)
    print(f"tagged: v{__version__}; git push --follow-tags publishes it")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
