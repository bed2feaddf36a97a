"""What checking many accounts costs: orchestrator beside a plain loop, in one run.

python tests/bench/bench_fleet.py [FIGURES.json [ACCOUNTS [PLAIN [FOLDER]]]]

The plain loop does in each account's folder what a shell script would, two at a time: `init`,
`plan`, `show -json`, checkov; and for drift a plan that only refreshes. orchestrator does the same
as its users call it: `plan` and `drift` of accounts where nothing has changed, and once more `plan`
when every account has a change to show and to scan. CPU seconds of all processes but the sandbox's,
which are told apart. With PLAIN the loop does so many accounts only, and its costs are multiplied:
it does the same in each. With FOLDER the fleet stays there, its sandbox running, for the next call;
and if PLAIN is 0, it is only rolled out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pygal

from orchestrator import config, wiring
from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.toolchain import toolchain
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose
from orchestrator.sandbox import lifecycle
from tests.checkov import python
from tests.unit.render.builders import ROOT

SPECIAL = 3
GOALS = {"pipeline_cpu_ratio": 10.0, "drift_cpu_ratio": 15.0}
LARGE = 500
"""From so many accounts on, what the program's own start costs does not count any more."""
GOALS_OF_MANY = {**GOALS, "pipeline_ratio": 7.0, "drift_ratio": 10.0}
OURS = ("changed", "pipeline", "drift")
CHECKOV = ("-m", "checkov.main", "--framework", "terraform_plan", "--skip-download")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor and of the clock on the wall."""

    cpu: float
    wall: float
    sandbox: float = 0.0
    """Seconds of processor that the sandbox took meanwhile."""

    def __add__(self, other: Cost) -> Cost:
        cpu, wall = self.cpu + other.cpu, self.wall + other.wall
        return Cost(cpu, wall, self.sandbox + other.sandbox)

    def __mul__(self, times: float) -> Cost:
        return Cost(self.cpu * times, self.wall * times, self.sandbox * times)


@dataclass(frozen=True, slots=True)
class Fleet:
    """A project of its own with many accounts, rolled out in a sandbox of its own."""

    project: Path
    environment: Mapping[str, str]

    def orchestrator(self, *words: str, expect: Sequence[int] = (0,)) -> Cost:
        argv = (sys.executable, "-m", "orchestrator", "--project", str(self.project), *words)
        before = self.sandbox_seconds()
        spent = run(argv, ROOT, {**os.environ, "PYTHONPATH": str(ROOT)}, expect)
        return replace(spent, sandbox=self.sandbox_seconds() - before)

    def sandbox_seconds(self) -> float:
        running = lifecycle.status(self.project / ".sandbox")
        if running is None:
            return 0.0
        used = psutil.Process(running.pid).cpu_times()
        return used.user + used.system

    def organization(self) -> Organization:
        return config.load(self.project / "account_configs", date.today())


def run(
    argv: Sequence[str], folder: Path, env: Mapping[str, str], expect: Sequence[int] = (0,)
) -> Cost:
    """One process and all it waited for, to its end."""
    started = time.perf_counter()
    with subprocess.Popen(
        argv, cwd=folder, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stderr
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in expect:
        raise SystemExit(f"{' '.join(argv)}: {child.returncode}\n{said.decode()[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - started)


@contextmanager
def fleet(accounts: int, work: Path) -> Iterator[Fleet]:
    """A fleet that ends with the block."""
    try:
        yield rolled_out(accounts, work)
    finally:
        lifecycle.stop(work / "project" / ".sandbox")


def rolled_out(accounts: int, work: Path) -> Fleet:
    """The fleet in that folder: the one that runs there, else a new one."""
    project = work / "project"
    running = lifecycle.status(project / ".sandbox")
    if running:
        return Fleet(project, running.environment)
    project.mkdir(parents=True)
    for name in ("terraform", "modules", "policies", "schemas"):
        (project / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "account_configs", project / "account_configs")
    made = Fleet(project, {})
    grown = work / "grown"
    count = str(accounts + SPECIAL)
    made.orchestrator("sandbox", "start", "--accounts", count, "--configs", str(grown))
    shutil.rmtree(project / "account_configs")
    grown.rename(project / "account_configs")
    made.orchestrator("--sandbox", "bootstrap", "--yes")
    made.orchestrator("--sandbox", "apply", "all", "--yes", "--reason", "a fleet to measure")
    running = lifecycle.status(project / ".sandbox")
    assert running
    return Fleet(project, running.environment)


def plain(made: Fleet, keys: Sequence[StackKey], work: Path) -> dict[str, Cost]:
    """The loop a shell script would be; total CPU by step, and the wall time of all of it."""
    env = {**os.environ, **made.environment}
    tools = toolchain(env, ROOT / "terraform/.terraform.lock.hcl", work, Processes())
    terraform = str(tools.tool.path)
    places = wiring.Places(made.project, made.project / ".build")
    spent: dict[str, Cost] = {}
    with wiring.connect(places, made.organization(), env, "bench", warm=False) as connected:

        def pipeline(key: StackKey) -> dict[str, Cost]:
            folder = made.project / ".plain" / key.folder
            with connected.ports.sessions.open(key, Purpose.PLAN) as entry:
                inside = {**tools.environment, **entry.env}
                no_lock = ("-input=false", "-lock=false")
                return {
                    "init": run((terraform, "init", "-input=false"), folder, inside),
                    "refresh": run((terraform, "plan", "-refresh-only", *no_lock), folder, inside),
                    "plan": run((terraform, "plan", *no_lock, "-out=p"), folder, inside),
                    "show": shown(terraform, folder, inside),
                    "checkov": run((str(python()), *CHECKOV, "-f", "p.json"), folder, env, (0, 1)),
                }

        with ThreadPoolExecutor(2) as pool:
            for costs in pool.map(pipeline, keys):
                for step, cost in costs.items():
                    spent[step] = spent.get(step, Cost(0, 0)) + cost
    return spent


def shown(terraform: str, folder: Path, env: Mapping[str, str]) -> Cost:
    shell = f'exec "{terraform}" show -json p > p.json'
    return run(("/bin/sh", "-c", shell), folder, env)


def copied(made: Fleet, keys: Sequence[StackKey]) -> None:
    """The same roots once more, as they were rendered, without what `init` left in them."""
    for key in keys:
        target = made.project / ".plain" / key.folder
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(
            made.project / ".build" / key.folder,
            target,
            ignore=shutil.ignore_patterns(".terraform", "*.tfplan", "*.json"),
        )


@contextmanager
def everything_changed(made: Fleet) -> Iterator[None]:
    """A tag more on everything that carries tags, for as long as the block lasts."""
    file = made.project / "account_configs" / "organization.yaml"
    text = file.read_text()
    file.write_text(text.replace("\ntags:\n", '\ntags:\n  bench: "1"\n', 1))
    try:
        yield
    finally:
        file.write_text(text)


def measured(made: Fleet, accounts: int, plainly: int, work: Path) -> dict[str, Cost]:
    organization = made.organization()
    special = set(dict(organization.facts.accounts).values())
    named = [a for a in organization.accounts if a.name not in special][:accounts]
    keys = [StackKey(a.id, a.name, StackName.ACCOUNT) for a in named]
    names = [a.name for a in named]
    ours = {
        "drift": made.orchestrator("--sandbox", "drift", *names),
        "pipeline": made.orchestrator("--sandbox", "plan", *names),
    }
    few = keys[:plainly]
    copied(made, few)
    steps = plain(made, few, work)
    with everything_changed(made):
        ours["changed"] = made.orchestrator("--sandbox", "plan", *names)
    times = len(keys) / len(few)
    return {**{f"plain {step}": cost * times for step, cost in steps.items()}, **ours}


def resources(made: Fleet) -> int:
    """How many of them an account has: those in the first plan of the plain loop."""
    plan = json.loads(next((made.project / ".plain").rglob("p.json")).read_text("utf-8"))
    modules = [plan["prior_state"]["values"]["root_module"]]
    found = 0
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", ())
        found += sum(each["mode"] == "managed" for each in module.get("resources", ()))
    return found


def ratios(costs: Mapping[str, Cost]) -> dict[str, float]:
    pipeline = sum(
        (costs[f"plain {step}"] for step in ("init", "plan", "show", "checkov")), Cost(0, 0)
    )
    refresh = costs["plain refresh"]
    return {
        "pipeline_cpu_ratio": pipeline.cpu / costs["pipeline"].cpu,
        "drift_cpu_ratio": refresh.cpu / costs["drift"].cpu,
        # Two at a time: the loop's wall time is half of the sum over its processes.
        "pipeline_ratio": pipeline.wall / 2 / costs["pipeline"].wall,
        "drift_ratio": refresh.wall / 2 / costs["drift"].wall,
        "changed_cpu_ratio": pipeline.cpu / costs["changed"].cpu,
        "changed_ratio": pipeline.wall / 2 / costs["changed"].wall,
    }


def main(results: Path | None, accounts: int, plainly: int, kept: Path | None) -> int:
    with TemporaryDirectory() as private:
        work = Path(private)
        if kept:
            made = rolled_out(accounts, kept)
            if not plainly:
                return 0
            costs, size = measured(made, accounts, plainly, work), resources(made)
        else:
            with fleet(accounts, work) as made:
                costs, size = measured(made, accounts, plainly, work), resources(made)
    found = ratios(costs)
    for what, cost in costs.items():
        beside = f", {cost.sandbox:.1f} s CPU of the sandbox" if cost.sandbox else ""
        sys.stdout.write(f"{what}: {cost.cpu:.1f} s CPU, {cost.wall:.1f} s{beside}\n")
    words = [f"{name}={ratio:.1f}" for name, ratio in (*single(results).items(), *found.items())]
    sys.stdout.write(" ".join(words) + "\n")
    if results:
        seconds = {what: asdict(cost) for what, cost in costs.items()}
        figures = {
            "accounts": accounts,
            "resources": size,
            "plain": plainly,
            "seconds": seconds,
            "ratios": found,
        }
        results.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
        results.with_suffix(".svg").write_text(picture(accounts, costs), "utf-8")
    goals = GOALS_OF_MANY if accounts >= LARGE else GOALS
    return int(any(found[name] < least for name, least in goals.items()))


def picture(accounts: int, costs: Mapping[str, Cost]) -> str:
    """Bars of processor seconds, the loop's steps on top of each other."""
    title = f"CPU seconds for {accounts} accounts"
    chart = pygal.HorizontalStackedBar(title=title, height=360, js=())
    chart.x_labels = ["plain pipeline", "plain drift", "ours, changed", "ours", "ours, drift"]
    for step in ("init", "plan", "show", "checkov"):
        chart.add(step, [costs[f"plain {step}"].cpu])
    chart.add("refresh", [None, costs["plain refresh"].cpu])
    chart.add("orchestrator", [None, None, *(costs[w].cpu for w in OURS)])
    svg: str = chart.render(is_unicode=True)
    return svg


def single(results: Path | None) -> Mapping[str, float]:
    """Plan and show of one account, as bench_gateway.py has just measured them."""
    file = results.with_name("bench_gateway.json") if results else None
    if file is None or not file.is_file():
        return {}
    found = json.loads(file.read_text())["ratios"]
    return {name: found[name] for name in ("plan_cpu_ratio", "show_cpu_ratio")}


if __name__ == "__main__":
    arguments = sys.argv[1:]
    wanted = int(arguments[1]) if arguments[1:] else 24
    few = int(arguments[2]) if arguments[2:] else wanted
    kept = Path(arguments[3]) if arguments[3:] else None
    sys.exit(main(Path(arguments[0]) if arguments else None, wanted, few, kept))
