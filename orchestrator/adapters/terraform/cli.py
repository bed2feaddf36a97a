"""The Terraform command line, one method a command."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.adapters.process import Command, Completed, Ending, Grace, Processes
from orchestrator.adapters.process_output import OnLine
from orchestrator.adapters.terraform import arguments, initialized, plan_json, saved_plan
from orchestrator.adapters.terraform.diagnostics import (
    NOT_TAINTED,
    explain,
    interrupted,
    lacks_schema,
    message,
)
from orchestrator.adapters.terraform.toolchain import OwnProviders, Providers, Tool, Work
from orchestrator.errors import PlanChanged, TerraformFailed, Transient
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Own, Plan
from orchestrator.ports import Environment

log = logging.getLogger(__name__)

ERRORED = "errored.tfstate"
"""Where Terraform leaves a state that it could not write to its bucket."""

NO_CHANGES, SUCCEEDED, CHANGES = 0, 0, 2
"""Exit codes; 2 is what -detailed-exitcode is for."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until a command is interrupted."""

    init: float = 600
    plan: float = 1800
    show: float = 300
    apply: float = 7200


class TerraformCli:
    """See ports.Terraform. Each call's `env` is laid over `environment`."""

    def __init__(
        self,
        tool: Tool,
        processes: Processes,
        environment: Mapping[str, str],
        timeouts: Timeouts | None = None,
        grace: Grace | None = None,
        providers: Providers | None = None,
        throttled: Callable[[], None] = lambda: None,
        parallelism: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._tool = tool
        self._processes = processes
        self._environment = environment
        self._timeouts = timeouts or Timeouts()
        self._grace = grace or Grace()
        self._providers = providers or OwnProviders()
        self._throttled, self._parallelism = throttled, parallelism
        self._empty: dict[Path, str] = {}
        """The plan files that `is_empty` left, and what they were."""

    def init(self, folder: Path, env: Environment) -> bool:
        wanted = self._init_key(folder, env)
        if initialized.holds(folder, wanted):
            return False
        broken = initialized.is_there(folder) and not initialized.complete(folder)
        initialized.forget(folder)
        try:
            self._init(folder, env)
        except TerraformFailed as error:
            if not broken or error.denied or not initialized.may_clean(folder, error.stderr):
                raise
            log.debug("%s: init again without .terraform: %s", folder, error)
            initialized.clean(folder)
            self._init(folder, env)
        initialized.remember(folder, wanted)
        return True

    def migrate(self, folder: Path, env: Environment) -> None:
        """See ports.Terraform. Terraform empties the local state or leaves it as it is, depending
        on the backend; it goes when the backend gives the same one back.
        """
        initialized.forget(folder)
        self._init(folder, env, migrate=True)
        initialized.remember(folder, self._init_key(folder, env))
        local = folder / "terraform.tfstate"
        if not local.is_file():
            return
        pulled = self._run(arguments.pull(self._tool.path), folder, env, self._timeouts.show)
        if not local.stat().st_size or saved_plan.covers(pulled.stdout, local.read_text()):
            local.unlink()
            local.with_suffix(".tfstate.backup").unlink(missing_ok=True)

    def unsaved(self, folder: Path) -> bool:
        return (folder / ERRORED).is_file()

    def save(self, folder: Path, env: Environment) -> None:
        """Source: Terraform documentation, "Recovering from State Disasters"."""
        argv = arguments.push(self._tool.path, ERRORED)
        self._run(argv, folder, env, self._timeouts.show)
        (folder / ERRORED).unlink()

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        file, json_file = folder / arguments.PLAN_FILE, folder / "plan.json"
        file.unlink(missing_ok=True)
        json_file.unlink(missing_ok=True)
        argv = arguments.plan(
            self._tool.path, refresh_only=refresh_only, parallelism=self._parallelism()
        )
        ended = self._run(
            argv, folder, env, self._timeouts.plan, codes=(NO_CHANGES, CHANGES), work=Work()
        )
        nothing = plan_json.Contents((), (), outputs_change=False)
        own = Own(key.account_id, key.account_name)
        contents = nothing if ended.code == NO_CHANGES else self._show(folder, json_file, env, own)
        return Plan(
            key,
            folder,
            file,
            json_file,
            saved_plan.saved_digest(rendered, folder, file),
            contents.changes,
            contents.drift,
            contents.outputs_change,
            rendered,
            saved_plan.saved_state(file),
            contents.moved,
        )

    def shown(self, plan: Plan, env: Environment) -> Plan:
        """The same plan, with its JSON file, which a plan without changes has not."""
        own = Own(plan.key.account_id, plan.key.account_name)
        self._show(plan.folder, plan.json_file, env, own)
        return plan

    def show(self, plan: Plan, env: Environment) -> Plan:
        own = Own(plan.key.account_id, plan.key.account_name)
        said = self._show(plan.folder, plan.json_file, env, own)
        found = replace(
            plan, changes=said.changes, drift=said.drift, outputs_change=said.outputs_change
        )
        if found.empty:
            plan.json_file.unlink()
        return found

    def apply(self, plan: Plan, env: Environment) -> None:
        try:
            found = saved_plan.saved_digest(plan.rendered, plan.folder, plan.file)
        except saved_plan.Damaged as error:
            raise PlanChanged(f"{plan.key}: {error}", "plan again") from error
        if found != plan.digest:
            raise PlanChanged(
                f"{plan.key}: {plan.file} is not the plan that was reviewed: "
                f"its digest is {found[:12]}, approved was {plan.digest[:12]}",
                "plan again",
            )
        self._apply(plan.folder, plan.file, env, writes=True)

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        """The event stream names what would change, so no plan is shown and parsed.

        What only goes by another address changes nothing but the state, which is recorded.
        """
        names: list[str] = []
        moved: list[str] = []
        file = folder / arguments.EMPTY_PLAN_FILE
        argv = arguments.plan(self._tool.path, out=file.name, parallelism=self._parallelism())
        ended = self._run(
            argv,
            folder,
            env,
            self._timeouts.plan,
            codes=(NO_CHANGES, CHANGES),
            on_line=lambda line: (moved if _moves(line) else names).extend(_changing(line)),
            work=Work(),
        )
        if ended.code == NO_CHANGES or (moved and not names):
            self._empty[folder] = saved_plan.fingerprint(file)
            return ()
        file.unlink()
        return tuple(names) or ("something Terraform does not name",)

    def record(self, folder: Path, env: Environment) -> None:
        """Apply the empty plan: nothing but the state is written."""
        file = folder / arguments.EMPTY_PLAN_FILE
        try:
            if self._empty.pop(folder, None) != saved_plan.fingerprint(file):
                raise PlanChanged(f"{folder}: {file.name} is not the plan that was empty")
            self._apply(folder, file, env, writes=False)
        finally:
            file.unlink(missing_ok=True)

    def _apply(self, folder: Path, file: Path, env: Environment, *, writes: bool) -> None:
        argv = arguments.apply(self._tool.path, file.absolute(), self._parallelism())
        work = Work(writes=writes, plan_file=file)
        try:
            self._run(argv, folder, env, self._timeouts.apply, work=work)
        except TerraformFailed as error:
            for address in error.unfinished:
                self._keep(address, folder, env)
            if not error.nothing_else:
                raise

    def _keep(self, address: str, folder: Path, env: Environment) -> None:
        """Let the state say that a resource is there, which the provider has given up waiting for.

        One that was only changed is not tainted.
        """
        log.warning("%s: %s is there, but AWS is not done with it", folder, address)
        argv = arguments.untaint(self._tool.path, address)
        try:
            self._run(argv, folder, env, self._timeouts.show)
        except TerraformFailed as error:
            if NOT_TAINTED not in " ".join(error.stderr.split()):
                raise

    def _init(self, folder: Path, env: Environment, *, migrate: bool = False) -> None:
        settled = not migrate and initialized.keeps_its_place(folder)
        if settled and (aside := initialized.put_local_state_aside(folder)):
            log.info("%s: the backend has the state; what lay beside it is %s", folder, aside)
        anew = settled or (not migrate and _begins_anew(folder))
        argv = arguments.init(self._tool.path, migrate=migrate, reconfigure=anew)
        self._run(argv, folder, env, self._timeouts.init)

    def _init_key(self, folder: Path, env: Environment) -> str:
        """Everything `init` reads: sources, lock file, program, and where providers come from."""
        config = {**self._environment, **env}.get("TF_CLI_CONFIG_FILE", "")
        installation = Path(config).read_text() if config and Path(config).is_file() else ""
        return initialized.key(folder, str(self._tool), installation)

    def _show(self, folder: Path, to: Path, env: Environment, own: Own) -> plan_json.Contents:
        """The plan as JSON, straight into a private file: it may hold secret values."""
        argv = arguments.show(self._tool.path)
        work = Work(configured=False, plan_file=folder / arguments.PLAN_FILE)
        try:
            ended = self._run(argv, folder, env, self._timeouts.show, stdout=to, work=work)
            return plan_json.read(json.loads(to.read_bytes()), own)
        except ValueError as error:
            to.unlink()
            raise TerraformFailed(argv, folder, ended.code, f"{to.name}: {error}") from error
        except TerraformFailed:
            to.unlink()
            raise

    def _run(
        self,
        argv: tuple[str, ...],
        folder: Path,
        env: Environment,
        timeout: float,
        codes: tuple[int, ...] = (SUCCEEDED,),
        stdout: Path | None = None,
        on_line: OnLine | None = None,
        work: Work | None = None,
    ) -> Completed:
        """Raises Interrupted, LeaseLost, PlanChanged or TerraformFailed where it ends otherwise.

        `work` is given for commands that need the provider.
        """
        whole = {**self._environment, **env}
        with self._serving(folder, whole, work) as seen:
            command = Command(
                argv,
                folder,
                seen,
                timeout,
                stdout,
                private=True,
                survives=arguments.writes_state(argv),
                grace=self._grace,
            )
            ended = self._processes.run(command, on_line)
        if ended.code in codes:
            return ended
        if work and not (work.whole or work.writes) and lacks_schema(ended):
            log.debug("%s: again with all of the provider's types", folder)
            more = replace(work, whole=True)
            return self._run(argv, folder, env, timeout, codes, stdout, on_line, more)
        if ended.ending in (Ending.INTERRUPTED, Ending.FENCED):
            raise interrupted(ended, folder)
        error = explain(ended, folder, whole)
        if error.transient is Transient.THROTTLING:
            self._throttled()
        raise error

    def _serving(
        self, folder: Path, env: Environment, work: Work | None
    ) -> AbstractContextManager[Environment]:
        return self._providers.serve(folder, env, work) if work else nullcontext(env)


def _changing(line: str) -> tuple[str, ...]:
    """The resources and outputs that one line of a plan's event stream says will change."""
    match message(line):
        case {"type": "planned_change", "change": {"resource": {"addr": str(address)}}}:
            return (address,)
        case {"type": "outputs", "outputs": dict(outputs)}:
            return tuple(
                f"output.{name}"
                for name, output in outputs.items()
                if isinstance(output, dict) and output.get("action") != "noop"
            )
    return ()


def _moves(line: str) -> bool:
    """Whether one line of a plan's event stream says that a resource gets another address only."""
    match message(line):
        case {"type": "planned_change", "change": {"action": "move"}}:
            return True
    return False


def _begins_anew(folder: Path) -> bool:
    """Whether this is the bootstrap before its bucket exists. Whatever backend the folder had
    before was another organization's, or one that is gone with all that was in it.
    """
    backend = folder / "backend.tf"
    return backend.is_file() and 'backend "local" {}' in backend.read_text("utf-8")
