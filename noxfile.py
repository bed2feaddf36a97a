"""Every chore of the project, a session each: `make CHORE` runs them in `.venv`.

The parts of `test` leave JUnit files in `.reports/test/`, those of `long` in `.reports/long/`;
`tests/report.py` counts them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
REPORTS = ROOT / ".reports"
BENCH_RESULTS = ROOT / "bench-results"
FAST = {
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "PYTHONDONTWRITEBYTECODE": "",
    "NO_MKDOCS_2_WARNING": "1",
}
"""moto would read the images it knows into each EC2 of a unit test, for a second; none asks. And
each process would compile all of it anew where somebody has told Python to keep nothing."""

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "unit"]


def python(session: nox.Session, *arguments: str | Path) -> None:
    """Run this environment's Python, which is the only one the chores know."""
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        session.error(f"this is not the project's environment; run: make {session.name}")
    session.run(sys.executable, *map(str, arguments), external=True, env=FAST)


def module(session: nox.Session, name: str, *arguments: str | Path) -> None:
    python(session, "-m", name, *arguments)


def pytest(session: nox.Session, part: str, *arguments: str) -> None:
    """Run tests, and leave a report named `part`."""
    report = f"--junit-xml={REPORTS / part}.xml"
    module(session, "pytest", "-q", report, *arguments, *session.posargs)


def in_turn(session: nox.Session, chores: Mapping[str, Callable[[], None]]) -> None:
    """Do all of them: one that fails does not keep the next from saying what it has to say."""
    failed = []
    for name, chore in chores.items():
        session.log(name)
        try:
            chore()
        except CommandFailed:
            failed.append(name)
    if failed:
        session.warn(f"failed: {', '.join(failed)}")
        # Not session.error, which would end a chore of which this is a part.
        raise CommandFailed


@nox.session
def lint(session: nox.Session) -> None:
    """Style of Python and of Terraform."""
    in_turn(
        session,
        {
            "ruff check": lambda: module(session, "ruff", "check", "."),
            "ruff format": lambda: module(session, "ruff", "format", "--check", "."),
            "terraform fmt": lambda: module(session, "tests.terraform_format"),
        },
    )


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    module(session, "mypy", "orchestrator", "tests", "docs", "policies", "noxfile.py")


@nox.session
def unit(session: nox.Session) -> None:
    """What needs nothing but Python."""
    folders = ("tests/unit", "tests/golden")
    # What a file has read, parsed or made in moto is there for its next test.
    by_file = ("-n", "auto", "--dist", "loadfile")
    pytest(session, "test/unit", *folders, "-m", "not terraform and not long", *by_file)


@nox.session
def contract(session: nox.Session) -> None:
    """The same suites on fakes and on the real programs; and unit tests that run Terraform."""
    stealing = ("-n", "2", "--dist", "worksteal")
    real = ("tests/unit", "tests/golden", "-m", "terraform and not long", *stealing)
    suites = ("tests/contract", "-m", "not long", *stealing)
    in_turn(
        session,
        {
            "contracts": lambda: pytest(session, "test/contract", *suites),
            "roots": lambda: pytest(session, "test/contract-roots", *real),
        },
    )


@nox.session
def modules(session: nox.Session) -> None:
    """`terraform test` for each module."""
    # Tests of one plan of all modules, and of one schema, are with one worker.
    grouped = ("-n", "2", "--dist", "loadgroup")
    pytest(session, "test/modules", "tests/modules", "-m", "not long", *grouped)


@nox.session
def sandbox(session: nox.Session) -> None:
    """The local AWS, and the real provider against it."""
    # Much of it is waiting: for what comes late, comes back or is tried again.
    stealing = ("-n", "3", "--dist", "worksteal")
    pytest(session, "test/sandbox", "tests/sandbox", "-m", "not long and not apart", *stealing)


@nox.session
def provider(session: nox.Session) -> None:
    """The suites that run the real provider, with the release that the variable PROVIDER names."""
    release = session.env.get("PROVIDER") or os.environ.get("PROVIDER", "")
    if not release:
        session.error("name a release of the AWS provider: make provider PROVIDER=6.73.0")
    folder = ROOT / ".build" / f"provider-{release}"
    shutil.rmtree(folder, ignore_errors=True)
    module(session, "tests.provider_lock", folder, release)
    session.run("make", "-C", str(folder), "contract", "modules", "sandbox", external=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Every command, example and link in the documentation."""
    # Examples of one file share a copy of the project.
    by_file = ("-n", "2", "--dist", "loadfile")
    pytest(session, "test/docs", "tests/docs", "-m", "not long", *by_file)


@nox.session
def long(session: nox.Session) -> None:
    """What takes minutes."""
    # A file stays with one worker: what it has rolled out is shared by its tests. By name, since
    # whoever waits an hour wants to know at once what has failed.
    loads = ("-n", "3", "--dist", "loadfile")
    pytest(session, "long/long", "-vv", "tests", "-m", "long", *loads)


@nox.session
def first_organization(session: nox.Session) -> None:
    """The first organization, as the documentation tells it."""
    pytest(session, "first/first", "tests/sandbox/test_first_organization.py", "-m", "long")


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel in an empty environment: the demo, and a first project."""
    pytest(session, "long/wheel", "-vv", "tests/sandbox/test_wheel.py", "-m", "long")


@nox.session
def apart(session: nox.Session) -> None:
    """The drill and the outside judges, until each of their answers is explained."""
    pytest(session, "apart/apart", "tests", "-m", "apart")


@nox.session
def scan(session: nox.Session) -> None:
    """checkov on what the sample organization renders, with our own policies."""
    module(session, "orchestrator", "render")
    session.run(
        str(ROOT / ".venv" / "checkov" / "bin" / "python"),
        *("-m", "checkov.main"),
        *("--directory", "modules", "--framework", "terraform"),
        *("--external-checks-dir", "policies/checks"),
        *("--skip-download", "--quiet", "--compact"),
        external=True,
        # For our checks, which import what reads a plan for them.
        env={"PYTHONPATH": str(ROOT)},
    )


@nox.session
def reference(session: nox.Session) -> None:
    """Write docs/reference/ again from the code."""
    module(session, "docs.reference.generate")


@nox.session
def site(session: nox.Session) -> None:
    """The documentation as a site, in site/."""
    module(session, "mkdocs", "build", "--strict", "--quiet")


@nox.session
def stubs(session: nox.Session) -> None:
    """Write the provider gateway's messages again from their .proto."""
    proto = "orchestrator/adapters/provider/messages.proto"
    module(session, "grpc_tools.protoc", "-I.", "--python_out=.", "--pyi_out=.", proto)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; every script prints its line and writes its figures as JSON.

    With the name of a release, as in `nox -s bench -- 1.0.0`, docs/bench-history.jsonl keeps them.
    """
    BENCH_RESULTS.mkdir(exist_ok=True)
    for script in sorted((ROOT / "tests" / "bench").glob("*.py")):
        python(session, script, BENCH_RESULTS / f"{script.stem}.json")
    if session.posargs:
        module(session, "tests.bench_history", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Build and check the wheel, dry; `-- --tag` makes the changelog and the tag as well."""
    module(session, "tests.release", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """The main job from end to end, in the sandbox."""
    module(session, "orchestrator", "demo")


PARTS_OF_TEST = {
    "lint": lint,
    "types": types,
    "unit": unit,
    "contract": contract,
    "modules": modules,
    "sandbox": sandbox,
    "docs": docs,
}


@nox.session
def test(session: nox.Session) -> None:
    """All of it."""
    in_turn(session, {name: partial(part, session) for name, part in PARTS_OF_TEST.items()})
