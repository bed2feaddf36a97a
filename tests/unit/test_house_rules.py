"""Rules of the house that no tool of its own holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "orchestrator"
OURS = (PACKAGE, ROOT / "tests", ROOT / "policies", ROOT / "noxfile.py")

WRITERS = frozenset({"update", "setdefault", "pop", "popitem", "clear", "__setitem__"})
PRINTERS = frozenset({"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"})
STARTERS = frozenset({"subprocess", "multiprocessing", "pty"})
OS_STARTERS = re.compile(r"os\.(system|popen|fork|exec|spawn|posix_spawn)")
AWS_LIBRARIES = frozenset({"boto3", "botocore", "s3transfer"})

MAY_PRINT = ("cli/", "findings/")
MAY_KNOW_CLICK = ("cli/",)
MAY_START = (
    *("adapters/process.py", "adapters/process_children.py", "adapters/process_guard.py"),
    "adapters/process_pool.py",
    "sandbox/",
    "rehearsal/program.py",
)
STREAM = "logs/stream/function.py"
MAY_CALL_AWS = ("adapters/aws/", "adapters/lake/", "sandbox/", "findings/", STREAM, "sealed.py")
MAY_MAKE_SESSIONS = (
    *("sealed.py", "findings/function.py", STREAM),
    "sandbox/services/awslambda/bootstrap.py",
)
"""Where the process environment is AWS Lambda's, and the one place for all the others."""
"""Folders or files of the package. Findings and streams run in AWS Lambda, where the log is
what is printed.
"""


def python_files() -> list[Path]:
    """Every Python file of the project."""
    folders = [path for path in OURS if path.is_dir()]
    return sorted([*(f for folder in folders for f in folder.rglob("*.py")), ROOT / "noxfile.py"])


def breaches(what: Callable[[ast.AST], str], exempt: tuple[str, ...]) -> list[str]:
    """Where in the package `what` finds something to say, except in the exempt places."""
    return [
        f"{file.relative_to(ROOT)}:{line}: {said}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if not file.relative_to(PACKAGE).as_posix().startswith(exempt)
        for line, said in said_of(file, what)
    ]


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """What any rule looks at."""
    kinds = ast.Import | ast.ImportFrom | ast.Call | ast.Assign | ast.AugAssign | ast.AnnAssign
    parsed = ast.walk(ast.parse(file.read_text("utf-8")))
    return tuple(node for node in parsed if isinstance(node, kinds | ast.Delete))


def said_of(file: Path, what: Callable[[ast.AST], str]) -> Iterator[tuple[int, str]]:
    for node in nodes(file):
        if said := what(node):
            yield getattr(node, "lineno", 0), said


def dotted(node: ast.AST) -> str:
    """A name with its attributes, `a.b.c`; `().c` is an attribute of anything else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "()"


def an_environment_write(node: ast.AST) -> str:
    """An environment is a value handed to a process; the process's own is never changed."""
    if any(written == "os.environ" for written in assigned(node)) or is_writing_call(node):
        return f"'{ast.unparse(node)}' writes the environment of the process"
    if isinstance(node, ast.ImportFrom) and (node.module, node.names[0].name) == ("os", "environ"):
        return "write 'os.environ' in full, so that this test sees what is done to it"
    return ""


def assigned(node: ast.AST) -> Iterator[str]:
    """What an assignment or `del` changes: the container, where it is one item of it."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        yield dotted(target.value if isinstance(target, ast.Subscript) else target)


def is_writing_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    owner, _, method = dotted(node.func).rpartition(".")
    if owner == "os.environ":
        return method in WRITERS
    return method in {"putenv", "unsetenv", "setenv", "delenv"}


def a_print(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and (name := dotted(node.func)) in PRINTERS:
        return f"'{name}' outside of orchestrator/cli"
    return ""


def a_click_import(node: ast.AST) -> str:
    if "click" in imported(node):
        return "imports 'click'; options, questions and contexts are the command line's"
    return ""


def a_started_process(node: ast.AST) -> str:
    if found := imported(node) & STARTERS:
        return f"imports '{min(found)}'; processes are started by adapters/process.py"
    if isinstance(node, ast.Call) and OS_STARTERS.match(name := dotted(node.func)):
        return f"'{name}'; processes are started by adapters/process.py"
    return ""


def an_aws_library(node: ast.AST) -> str:
    if found := imported(node) & AWS_LIBRARIES:
        return f"imports '{min(found)}'; AWS is reached by adapters/aws"
    return ""


def imported(node: ast.AST) -> set[str]:
    """The top-level packages an import statement names."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return {(node.module or "").partition(".")[0]}
    return set()


def test_nothing_writes_the_environment_of_its_own_process() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {said}"
        for file in python_files()
        if re.search("environ|(un)?setenv|putenv|delenv", file.read_text("utf-8"))
        for line, said in said_of(file, an_environment_write)
    ]

    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "os.environ['A'] = 'b'",
        "del os.environ['A']",
        "os.environ['A'] += 'b'",
        "os.environ.update(A='b')",
        "from os import environ",
        "os.putenv('A', 'b')",
        "monkeypatch.setenv('A', 'b')",
    ],
)
def test_every_way_to_write_the_environment_is_seen(code: str) -> None:
    assert any(an_environment_write(node) for node in ast.walk(ast.parse(code)))


def test_only_the_command_line_prints() -> None:
    assert breaches(a_print, MAY_PRINT) == []


def test_only_the_command_line_knows_click() -> None:
    assert breaches(a_click_import, MAY_KNOW_CLICK) == []


def test_processes_are_started_in_one_place() -> None:
    assert breaches(a_started_process, MAY_START) == []


def test_aws_is_reached_by_its_adapters_alone() -> None:
    assert breaches(an_aws_library, MAY_CALL_AWS) == []


def test_no_test_patches_code() -> None:
    patches = re.compile(r"\bmonkeypatch\.setattr|\bmock\.patch|\bfrom unittest\b|\bimport mock\b")
    found = [
        f"{file.relative_to(ROOT)}:{number}: a port is missing where a test wants to patch"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if file != Path(__file__)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if patches.search(line)
    ]

    assert found == []


def test_what_is_left_to_do_names_its_issue() -> None:
    later = re.compile(r"#.*\b(TODO|FIXME|XXX)\b(?!\s*\(#\d+\))")
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in python_files()
        if file != Path(__file__)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if later.search(line)
    ]

    assert found == []


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sorted(PACKAGE.rglob("__init__.py"))
        if not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    nameless = [
        str(folder.relative_to(ROOT))
        for folder in sorted({file.parent for file in PACKAGE.rglob("*.py")})
        if not (folder / "__init__.py").exists()
    ]

    assert (silent, nameless) == ([], [])


def test_every_configuration_file_tells_the_editor_its_schema() -> None:
    modeline = re.compile(r"# yaml-language-server: \$schema=(\S+\.schema\.json)")
    wrong = []
    for file in sorted((ROOT / "account_configs").rglob("*.yaml")):
        lines = file.read_text("utf-8").splitlines()
        match = modeline.fullmatch(lines[0]) if lines else None
        if not match or not (file.parent / match[1]).resolve().is_file():
            wrong.append(str(file.relative_to(ROOT)))

    assert wrong == []


def a_session_of_the_process(node: ast.AST) -> str:
    """botocore asks the process for a profile, files and endpoints; sealed.py asks a mapping."""
    if not isinstance(node, ast.Call):
        return ""
    name = dotted(node.func)
    by_process = name in {"Session", "botocore.session.Session", "get_session", "boto3.client"}
    bare = name == "boto3.Session" and not any(k.arg == "botocore_session" for k in node.keywords)
    return (
        f"'{name}' takes its settings from the process: use sealed()" if by_process or bare else ""
    )


def test_no_session_of_botocore_looks_at_the_environment_of_the_process() -> None:
    ours = ("adapters/aws/operator.py", "app/session.py")  # classes of that name of our own

    assert breaches(a_session_of_the_process, (*MAY_MAKE_SESSIONS, *ours)) == []


def today_of_the_machine(node: ast.AST) -> str:
    """A laptop, a CI runner and the function agree on a day only if all ask for UTC's."""
    if not isinstance(node, ast.Call):
        return ""
    name = dotted(node.func)
    naive = name.endswith(("datetime.now", "datetime.fromtimestamp")) and len(node.args) == (
        1 if name.endswith("fromtimestamp") else 0
    )
    naive = naive and not any(keyword.arg == "tz" for keyword in node.keywords)
    local = name.endswith(("date.today", "datetime.today", "utcnow", "date.fromtimestamp"))
    return f"'{name}' is the machine's own: use orchestrator.model.dates" if local or naive else ""


def test_days_are_counted_in_utc_alone() -> None:
    assert breaches(today_of_the_machine, ("sandbox/",)) == []
