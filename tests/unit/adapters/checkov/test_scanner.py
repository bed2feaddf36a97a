"""The scanner against a process that answers, keeps silent or breaks down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.adapters.checkov.codec import Failed, Scanned, answer, requested
from orchestrator.adapters.checkov.scanner import CheckovScanner, severities
from orchestrator.adapters.process import Command, Completed, Ending
from orchestrator.errors import ConfigurationError, Interrupted, ScanFailed
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.settings import Severity

TABLE = "groups: [{severity: low, reason: for this test, checks: [CKV_AWS_18]}]"


@dataclass
class FakeProcess:
    """Answers each task with `failed`, except the files that it `forgets`."""

    failed: Sequence[Failed] = ()
    forgets: int = 0
    code: int = 0
    ending: Ending = Ending.EXITED
    extra: str = ""
    culprits: Sequence[str] = ()
    """Files at which it breaks down, as it was told to end; without them it is well."""
    commands: list[Command] = field(default_factory=list)

    def run(self, command: Command) -> Completed:
        self.commands.append(command)
        tasks = requested(Path(command.argv[-1]).read_text("utf-8"))
        kept = tasks[: max(0, len(tasks) - self.forgets)]
        bad = [at for at, task in enumerate(tasks) if task.file in self.culprits]
        if bad:
            kept = tasks[: bad[0]]
        lines = [answer(Scanned(task.file, tuple(self.failed))) for task in kept]
        assert command.stdout is not None
        command.stdout.write_text("\n".join([*lines, self.extra]).strip(), "utf-8")
        if self.culprits and not bad:
            return Completed(command.argv, 0, "", "", 0.0, 0.0, Ending.EXITED)
        return Completed(command.argv, self.code, "", "Traceback: oh", 0.0, 0.0, self.ending)


def _scanner(folder: Path, process: FakeProcess) -> CheckovScanner:
    table = folder / "severities.yaml"
    table.write_text(TABLE, "utf-8")
    return CheckovScanner(folder / "python", folder, table, process.run)


def _plans(folder: Path, count: int) -> list[Plan]:
    keys = [StackKey(AccountId(f"2{n:011}"), f"a{n}", StackName.ACCOUNT) for n in range(count)]
    return [
        Plan(key, folder, folder / "x", folder / key.account_name / "plan.json", "", ())
        for key in keys
    ]


def test_a_check_gets_its_severity_from_the_table_and_none_when_it_is_not_in_it(
    tmp_path: Path,
) -> None:
    process = FakeProcess([Failed("CKV_AWS_99", "b", "two"), Failed("CKV_AWS_18", "a", "one")])
    plans = _plans(tmp_path, 1)

    found = _scanner(tmp_path, process).scan(plans)

    assert found[plans[0].key] == (
        Violation("CKV_AWS_18", "a", "one", Severity.LOW),
        Violation("CKV_AWS_99", "b", "two", None),
    )


def test_one_process_looks_at_all_plans_with_few_arguments_and_no_credentials(
    tmp_path: Path,
) -> None:
    process = FakeProcess()

    found = _scanner(tmp_path, process).scan(_plans(tmp_path, 500))

    (command,) = process.commands
    assert len(found) == 500
    assert sum(map(len, command.argv)) < 1000
    assert not any("AWS" in name or "PROXY" in name.upper() for name in command.env)


def test_a_plan_without_an_answer_fails_alone(tmp_path: Path) -> None:
    plans = _plans(tmp_path, 2)

    found = _scanner(tmp_path, FakeProcess(forgets=1)).scan(plans)

    assert found[plans[0].key] == ()
    assert "200000000001/account: checkov did not answer" in str(found[plans[1].key])


@pytest.mark.parametrize("culprit", [0, 7, 30])
@pytest.mark.parametrize("ending", [Ending.EXITED, Ending.TIMED_OUT])
def test_a_plan_that_breaks_the_process_fails_alone_and_the_rest_is_scanned_again(
    culprit: int, ending: Ending, tmp_path: Path
) -> None:
    plans = _plans(tmp_path, 31)
    bad = plans[culprit]
    process = FakeProcess(culprits=(str(bad.json_file.resolve()),), code=-9, ending=ending)

    found = _scanner(tmp_path, process).scan(plans)

    assert [key for key, scan in found.items() if scan != ()] == [bad.key]
    assert "oh" in str(found[bad.key])
    assert len(process.commands) <= 1 + 2 * 5


def test_two_plans_that_break_the_process_are_both_found(tmp_path: Path) -> None:
    plans = _plans(tmp_path, 20)
    bad = (plans[3], plans[17])
    process = FakeProcess(culprits=tuple(str(p.json_file.resolve()) for p in bad), code=1)

    found = _scanner(tmp_path, process).scan(plans)

    assert [key for key, scan in found.items() if scan != ()] == [plan.key for plan in bad]


def test_a_process_that_scans_nothing_at_all_is_no_plans_fault(tmp_path: Path) -> None:
    process = FakeProcess(forgets=500, code=1)

    with pytest.raises(ScanFailed, match=r"(?s)not scanned: .* more\n.*oh"):
        _scanner(tmp_path, process).scan(_plans(tmp_path, 500))

    assert len(process.commands) == 3


def test_an_answer_that_is_none_fails_the_plan_it_was_for(tmp_path: Path) -> None:
    process = FakeProcess(forgets=1, extra="Segmentation fault")
    (plan,) = _plans(tmp_path, 1)

    found = _scanner(tmp_path, process).scan([plan])

    assert "answered with something else: 'Segmentation fault'" in str(found[plan.key])


def test_a_scan_that_was_stopped_is_an_interruption_and_no_verdict(tmp_path: Path) -> None:
    process = FakeProcess(forgets=1, code=-2, ending=Ending.INTERRUPTED)

    with pytest.raises(Interrupted):
        _scanner(tmp_path, process).scan(_plans(tmp_path, 2))


def test_nothing_of_a_scan_is_left_on_disk(tmp_path: Path) -> None:
    process = FakeProcess()

    _scanner(tmp_path, process).scan(_plans(tmp_path, 1))

    assert not process.commands[0].cwd.exists()


OWN = Path(__file__).parents[4] / "policies" / "severities.yaml"


def _table(folder: Path, text: str) -> Path:
    file = folder / "severities.yaml"
    file.write_text(text, "utf-8")
    return file


def test_our_own_table_rates_checks_and_gives_reasons() -> None:
    assert len(severities(OWN)) > 150


@pytest.mark.parametrize(
    "text",
    [
        "",
        "groups: [",
        "groups: [{severity: awful, reason: it is so, checks: [CKV_AWS_1]}]",
        "groups: [{severity: low, reason: '', checks: [CKV_AWS_1]}]",
        "groups: [{severity: low, reason: it is so, checks: CKV_AWS_1}]",
        "groups: [{severity: low, reason: it is so}]",
    ],
)
def test_a_table_that_is_none_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"severities\.yaml"):
        severities(_table(tmp_path, text))


def test_a_check_that_is_rated_twice_is_refused(tmp_path: Path) -> None:
    group = "{severity: low, reason: it is so, checks: [CKV_AWS_1]}"

    with pytest.raises(ConfigurationError, match="CKV_AWS_1: is rated twice"):
        severities(_table(tmp_path, f"groups: [{group}, {group}]"))


def test_a_table_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"severities\.yaml"):
        severities(tmp_path / "severities.yaml")
