"""checkov, asked about one plan at a time.

checkov shows a check only the resource, so the account of the plan stands in a context variable;
and it follows references only where the plan is written as it expects.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.common.output.record import Record
from checkov.runner_filter import RunnerFilter
from checkov.terraform.checks.resource.registry import resource_registry
from checkov.terraform.plan_runner import Runner

from orchestrator.adapters.checkov.codec import Failed, Scanned, Task

_account: ContextVar[str] = ContextVar("account", default="")


@contextmanager
def about(account: str) -> Iterator[None]:
    """Let checks know whose plan it is, for as long as the context lasts."""
    token = _account.set(account)
    try:
        yield
    finally:
        _account.reset(token)


def account() -> str:
    """The twelve digits, or '' when checkov was started by hand: then every account is foreign."""
    return _account.get()


READ = ("format_version", "terraform_version", "planned_values", "resource_changes")
"""What checkov reads besides the configuration; the state before the plan is half the file."""


def readable(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a plan that checkov reads, with references it can follow. Changes `plan`."""
    for resource in _resources(plan.get("configuration", {}).get("root_module", {})):
        source = resource.get("for_each_expression", {}).get("references", [])
        for references in _references(resource.get("expressions", {})):
            if any(name.startswith("each.value") for name in references):
                references[:0] = source
    return {name: plan[name] for name in (*READ, "configuration") if name in plan}


def _resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for call in module.get("module_calls", {}).values():
        yield from _resources(call.get("module", {}))


def _references(expression: object) -> Iterator[list[str]]:
    if isinstance(expression, list):
        for item in expression:
            yield from _references(item)
    elif isinstance(expression, dict):
        if isinstance(expression.get("references"), list):
            yield expression["references"]
        else:
            for item in expression.values():
                yield from _references(item)


CRASHED = re.compile(r"Failed to run check (\S+) on [^:]*:(.+)")
"""How checkov logs a Python check that raised; the address lacks module and key."""

FILTER = RunnerFilter(framework=["terraform_plan"], download_external_modules=False)


class PoliciesUnusable(Exception):
    """A custom check that cannot be loaded would be a check that is never made."""


@cache
def load(policies: Path) -> None:
    """Make the custom checks in `policies` known to checkov, once in a process.

    Raises PoliciesUnusable when one of the files cannot be loaded.
    """
    graphs = get_graph_checks_registry("terraform")
    graphs.load_checks()
    with _errors() as errors:
        resource_registry.load_external_checks(str(policies))
        graphs.load_external_checks(str(policies))
    if errors:
        raise PoliciesUnusable("\n".join(errors))


def scan(task: Task) -> Scanned:
    """Run every check over one plan."""
    try:
        plan = json.loads(Path(task.file).read_text("utf-8"))
        addresses, text = _addresses(plan), json.dumps(readable(plan))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Scanned(task.file, error=f"is not a plan in JSON: {error!r}")
    if not addresses:
        return Scanned(task.file)
    with _errors() as errors, about(task.account), _file(text) as file:
        runner = _Plans()
        report = runner.run(files=[file], runner_filter=FILTER)
    unseen = addresses - {resource.partition(":")[2] for resource in report.resources}
    if report.parsing_errors or unseen:
        return Scanned(task.file, error=f"checkov did not read {sorted(unseen) or 'the plan'}")
    found = [_failed(record) for record in report.failed_checks] + runner.crashed
    for message in errors:
        if not (crash := CRASHED.match(message)):
            return Scanned(task.file, error=message)
        found.append(Failed(crash[1], crash[2], "the check itself failed, see its code"))
    return Scanned(task.file, tuple(found))


class _Plans(Runner):  # type: ignore[misc]  # checkov is imported without types
    """Notices graph checks that raised: checkov drops what their thread threw."""

    def __init__(self) -> None:
        super().__init__()
        self.crashed: list[Failed] = []

    def run_graph_checks_results(
        self, runner_filter: Any, report_type: str, graph: Any = None
    ) -> Any:
        results = super().run_graph_checks_results(runner_filter, report_type, graph)
        expected = {
            check.id
            for check in self.graph_registry.checks
            if runner_filter.should_run_check(check, report_type=report_type)
        }
        lost = expected - {check.id for check in results}
        self.crashed += [Failed(check, "*", "the check itself failed") for check in sorted(lost)]
        return results


@contextmanager
def _file(text: str) -> Iterator[str]:
    """A file of the current folder, which is private to the scan and removed with it."""
    with NamedTemporaryFile("w", suffix=".json", dir=".", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield file.name


def _addresses(plan: dict[str, Any]) -> set[str]:
    """Every managed resource that will exist. Raises what a file that is not a plan makes raise."""
    forgotten = {
        change["address"]
        for change in plan.get("resource_changes", [])
        if change["change"]["actions"] == ["forget"]
    }
    return set(_managed(plan["planned_values"].get("root_module", {}))) - forgotten


def _managed(module: dict[str, Any]) -> Iterator[str]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield resource["address"]
    for child in module.get("child_modules", []):
        yield from _managed(child)


def _failed(record: Record) -> Failed:
    return Failed(record.check_id, record.resource_address or record.resource, record.check_name)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _errors() -> Iterator[list[str]]:
    """What checkov logs as an error instead of raising it."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield collector.messages
    finally:
        logging.getLogger().removeHandler(collector)
