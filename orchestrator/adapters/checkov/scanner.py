"""The scanner port over one process that runs checkov on many plans.

The process gets the product's policies with a project's own among them, in a folder of their own.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from orchestrator.adapters import files
from orchestrator.adapters.checkov.codec import Failed, Scanned, Task, answered, request
from orchestrator.adapters.process import Command, Completed, Ending
from orchestrator.errors import ConfigurationError, Interrupted, Problem, ScanFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.settings import Severity
from orchestrator.ports import Scan

FIX = "write groups of {severity: high, reason: …, checks: [CKV_AWS_1]}, each check once"


def severities(file: Path) -> Mapping[str, Severity]:
    """Severity by check id. Raises ConfigurationError if the file cannot be read as a table."""
    rated: dict[str, Severity] = {}
    try:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            _add(rated, group, file)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            [Problem(file, 0, "groups", f"unreadable: {error}", FIX)]
        ) from error
    return rated


def _add(rated: dict[str, Severity], group: Mapping[str, object], file: Path) -> None:
    severity, checks = Severity(str(group["severity"])), group["checks"]
    if not isinstance(checks, list) or not group["reason"]:
        raise TypeError(f"group of severity '{severity}' lacks checks or a reason")
    for check in map(str, checks):
        if check in rated:
            raise ConfigurationError([Problem(file, 0, check, "is rated twice", FIX)])
        rated[check] = severity


QUIET = {
    "BC_SKIP_MAPPING": "TRUE",
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "TRUE",
    "CKV_GITHUB_CONFIG_FETCH_DATA": "False",
    "CKV_GITLAB_CONFIG_FETCH_DATA": "False",
    "CKV_BITBUCKET_CONFIG_FETCH_DATA": "False",
}
"""No host is asked for anything: mappings, updates, the vendor's platform."""

FAST_AND_FAIR = {
    "CHECKOV_MAX_IAC_FILE_SIZE": "0",
    "EVAL_TF_PLAN_AFTER_UNKNOWN": "True",
}
"""Read plans with the JSON parser, which is three times as fast as checkov's usual YAML parser and
does not follow '${file(…)}' in a value; and tell a value that is not known yet from a missing one.
"""

Run = Callable[[Command], Completed]
Answer = Scanned | ScanFailed
AGAIN = "make the plan again; if that does not help, run checkov on it by hand"
SEE = "see the last lines above"
ENOUGH = 3
"""Processes in a row that answered nothing: then no plan is at fault, and none is scanned."""
SHOWN = 5


class CheckovScanner:
    """checkov with the custom checks below `policies` and the severities of a table."""

    def __init__(
        self,
        python: Path,
        policies: Path,
        table: Path,
        run: Run,
        start: float = 60.0,
        each: float = 10.0,
    ) -> None:
        """`python` is that of checkov's environment. `start` and `each` are the seconds after
        which a process, and a plan, is given up.
        """
        self._python, self._policies, self._table, self._run = python, policies, table, run
        self._start, self._each = start, each

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        if not plans:
            return {}
        rated = severities(self._table)
        by_file = {str(plan.json_file.resolve()): plan for plan in plans}
        answers = self._all([Task(file, plan.key.account_id) for file, plan in by_file.items()])
        return {plan.key: _accounted(plan, answers[file], rated) for file, plan in by_file.items()}

    def _all(self, tasks: Sequence[Task]) -> Mapping[str, Answer]:
        """An answer for each file. What a process that broke down did not get to is asked again
        in halves, until the plan that breaks it is alone.
        """
        answers: dict[str, Answer] = {}
        parts, fruitless = deque([tasks]), 0
        while parts:
            part = parts.popleft()
            found, broken = self._ask(part)
            answers |= found
            left = [task for task in part if task.file not in found]
            fruitless = 0 if found or not broken else fruitless + 1
            if broken and fruitless >= ENOUGH:
                raise broken
            if broken and len(left) > 1:
                middle = len(left) // 2
                parts += (left[:middle], left[middle:])
            else:
                answers |= {task.file: broken or _silent(task) for task in left}
        return answers

    def _ask(self, tasks: Sequence[Task]) -> tuple[Mapping[str, Scanned], ScanFailed | None]:
        """What one process answered, and how it broke down, if it did."""
        with TemporaryDirectory(prefix="orchestrator-scan-") as private:
            folder = Path(private)
            (folder / "request.json").write_text(request(tasks), "utf-8")
            _link_ours(folder / OURS)
            completed = self._run(self._command(folder, len(tasks)))
            text = (folder / "answers.jsonl").read_text("utf-8", "replace")
        if completed.ending is Ending.INTERRUPTED:
            raise Interrupted("the scan was stopped")
        answers, strange = _read(text.splitlines())
        if completed.code or strange:
            return answers, ScanFailed(_ended(completed, tasks, answers, strange), SEE)
        return answers, None

    def _command(self, folder: Path, count: int) -> Command:
        module = "orchestrator.adapters.checkov.batch"
        checks = str((self._policies / "checks").resolve())
        return Command(
            argv=(str(self._python), "-P", "-m", module, checks, str(folder / "request.json")),
            cwd=folder,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(folder / OURS),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONUTF8": "1",
                **QUIET,
                **FAST_AND_FAIR,
            },
            timeout=self._start + self._each * count,
            stdout=folder / "answers.jsonl",
            private=True,
        )


OURS = "ours"


def _link_ours(folder: Path) -> None:
    """Let checkov's Python import this package by its name, and nothing else that we import: the
    folder in which we are installed may hold other versions of what checkov needs.
    """
    adapters = folder / "orchestrator" / "adapters"
    adapters.mkdir(parents=True)
    (adapters / "checkov").symlink_to(Path(__file__).resolve().parent, target_is_directory=True)


def _read(lines: Sequence[str]) -> tuple[Mapping[str, Scanned], str]:
    """Answers by file, and the first line that is none."""
    found: dict[str, Scanned] = {}
    strange = ""
    for line in lines:
        try:
            scanned = answered(line)
            found[scanned.file] = scanned
        except (ValueError, KeyError, TypeError):
            strange = strange or line[:200]
    return found, strange


def _ended(
    completed: Completed, tasks: Sequence[Task], answers: Mapping[str, Scanned], strange: str
) -> str:
    missing = sorted({task.file for task in tasks} - answers.keys())
    last = "\n".join(completed.stderr.strip().splitlines()[-12:])
    plans = ", ".join(missing[:SHOWN]) or "none"
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    said = f", answered with something else: '{strange}'" if strange else ""
    head = f"checkov {completed.ending} with {completed.code}{said}"
    return f"{head}, not scanned: {plans}{more}\n{last}"


def _silent(task: Task) -> ScanFailed:
    return ScanFailed(f"checkov did not answer for {task.file}", AGAIN)


def _accounted(plan: Plan, answer: Answer, rated: Mapping[str, Severity]) -> Scan:
    if isinstance(answer, ScanFailed):
        return ScanFailed(f"{plan.key}: {answer.message}", AGAIN)
    if answer.error:
        return ScanFailed(f"{plan.key}: {plan.json_file}: {answer.error}", AGAIN)
    return tuple(sorted(_violations(answer.failed, rated)))


def _violations(failed: Sequence[Failed], rated: Mapping[str, Severity]) -> set[Violation]:
    return {
        Violation(item.check, item.resource, item.summary, rated.get(item.check)) for item in failed
    }


TABLE = "severities.yaml"
REASON = "As rated in policies/ and overrides/policies/."


def merged(policies: Path, checks: Sequence[Path], table: Path | None, into: Path) -> Path:
    """Write `into`, and return it: the checks of `policies` and `checks`, and one table in which
    `table` has the last word. Raises ConfigurationError if two files have one name.
    """
    wanted = {file.name: file for file in sorted((policies / "checks").glob("*.py"))}
    twice = [file for file in checks if file.name in wanted]
    if twice:
        fix = "rename it: a check of one's own stands beside the product's"
        raise ConfigurationError(
            [Problem(file, 0, "", "has the name of a check of the product", fix) for file in twice]
        )
    wanted |= {file.name: file for file in checks}
    for left in (into / "checks").glob("*.py"):
        if left.name not in wanted:
            left.unlink()
    for name, file in wanted.items():
        files.write(into / "checks" / name, file.read_bytes())
    rated = {**severities(policies / TABLE), **(severities(table) if table else {})}
    by_severity = sorted(rated.items(), key=lambda item: (item[1], item[0]))
    groups = [
        {"severity": str(severity), "reason": REASON, "checks": [check for check, _ in group]}
        for severity, group in groupby(by_severity, key=lambda item: item[1])
    ]
    files.write(into / TABLE, yaml.safe_dump({"groups": groups}))
    return into
