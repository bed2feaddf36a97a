"""The scanner port over one process that runs checkov on many plans."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orchestrator
from orchestrator.adapters.checkov.severities import severities
from orchestrator.adapters.checkov.wire import Failed, Scanned, Task, answered, request
from orchestrator.adapters.process import Command, Completed, Ending
from orchestrator.errors import Interrupted, ScanFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.settings import Severity

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


class CheckovScanner:
    """checkov with the custom checks below `policies` and the severities of a table."""

    def __init__(
        self, policies: Path, table: Path, run: Run, start: float = 60.0, each: float = 10.0
    ) -> None:
        """`start` and `each` are the seconds after which a process, and a plan, is given up."""
        self._policies, self._table, self._run = policies, table, run
        self._start, self._each = start, each

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, tuple[Violation, ...]]:
        if not plans:
            return {}
        rated = severities(self._table)
        by_file = {str(plan.json_file.resolve()): plan for plan in plans}
        tasks = [Task(file, plan.key.account_id) for file, plan in by_file.items()]
        answers = {scanned.file: scanned for scanned in self._ask(tasks)}
        return {
            plan.key: tuple(sorted(_violations(_accounted(plan, answers.get(file)), rated)))
            for file, plan in by_file.items()
        }

    def _ask(self, tasks: Sequence[Task]) -> list[Scanned]:
        with TemporaryDirectory(prefix="orchestrator-scan-") as private:
            folder = Path(private)
            (folder / "request.json").write_text(request(tasks), "utf-8")
            completed = self._run(self._command(folder, len(tasks)))
            lines = (folder / "answers.jsonl").read_text("utf-8").splitlines()
        answers = _read(lines)
        if completed.ending is Ending.INTERRUPTED:
            raise Interrupted("the scan was stopped")
        if completed.code:
            raise ScanFailed(_ended(completed, tasks, answers), "see the last lines above")
        return answers

    def _command(self, folder: Path, count: int) -> Command:
        module = "orchestrator.adapters.checkov.batch"
        checks = str((self._policies / "checks").resolve())
        return Command(
            argv=(sys.executable, "-P", "-m", module, checks, str(folder / "request.json")),
            cwd=folder,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(Path(orchestrator.__file__).parents[1]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONUTF8": "1",
                **QUIET,
                **FAST_AND_FAIR,
            },
            timeout=self._start + self._each * count,
            stdout=folder / "answers.jsonl",
            private=True,
        )


def _read(lines: Sequence[str]) -> list[Scanned]:
    try:
        return [answered(line) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise ScanFailed(f"checkov answered with something else: {error!r}") from error


def _ended(completed: Completed, tasks: Sequence[Task], answers: Sequence[Scanned]) -> str:
    missing = sorted({task.file for task in tasks} - {scanned.file for scanned in answers})
    last = "\n".join(completed.stderr.strip().splitlines()[-12:])
    plans = ", ".join(missing) or "none"
    return f"checkov {completed.ending} with {completed.code}, not scanned: {plans}\n{last}"


def _accounted(plan: Plan, scanned: Scanned | None) -> Sequence[Failed]:
    fix = "make the plan again; if that does not help, run checkov on it by hand"
    if scanned is None:
        raise ScanFailed(f"{plan.key}: checkov did not answer for {plan.json_file}", fix)
    if scanned.error:
        raise ScanFailed(f"{plan.key}: {plan.json_file}: {scanned.error}", fix)
    return scanned.failed


def _violations(failed: Sequence[Failed], rated: Mapping[str, Severity]) -> set[Violation]:
    return {
        Violation(item.check, item.resource, item.summary, rated.get(item.check)) for item in failed
    }
