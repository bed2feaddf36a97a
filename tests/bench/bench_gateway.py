"""What Terraform costs with warm providers, and without, for the account stack of the sample.

python tests/bench/bench_gateway.py [FIGURES.json [ACCOUNTS]]

Both ways in one run, each on accounts of its own in the sandbox; CPU seconds of Terraform, of the
providers and of this process, the sandbox apart. The last line has the ratios, plain over warm.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from orchestrator import config
from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.process import Processes
from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import toolchain
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Own, Plan
from orchestrator.rehearsal.conduct import copied
from orchestrator.rehearsal.scenario import Weight
from orchestrator.render import Renderer, stacks_of
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.bench.bench_memory import FIRST, REASON, orchestrator
from tests.unit.render.builders import ROOT

Result = TypeVar("Result")
LIMITS = {"plan": 5.0, "show": 15.0}
"""The least that CPU must be cheaper by."""

STEPS = ("apply", "plan", "show", "refresh_only", "verify")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float


@dataclass
class Way:
    """Plain or warm: its Terraform, and what each step has cost so far."""

    terraform: TerraformCli
    gateway: ProviderGateway | None
    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def measured(self, step: str, work: Callable[[], Result]) -> Result:
        cpu, wall = self._cpu(), time.perf_counter()
        result = work()
        cost = Cost(self._cpu() - cpu, time.perf_counter() - wall)
        self.costs.setdefault(step, []).append(cost)
        return result

    def _cpu(self) -> float:
        """Ours, that of children which have ended, and of providers which are still there."""
        used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        alive = sum(map(ticks, self.providers())) / TICK
        return alive + sum(each.ru_utime + each.ru_stime for each in used)

    def providers(self) -> tuple[int, ...]:
        return self.gateway.processes() if self.gateway else ()

    def usual(self, step: str) -> Cost:
        """The median: one slow moment of the machine is not Terraform's."""
        costs = self.costs[step]
        return Cost(
            *(statistics.median(getattr(c, what) for c in costs) for what in ("cpu", "wall"))
        )


def ticks(pid: int) -> int:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


@dataclass(frozen=True, slots=True)
class Stack:
    """One account's rendered root, with keys for its account and its state."""

    key: StackKey
    folder: Path
    env: Mapping[str, str]

    def plan(self, terraform: TerraformCli, *, refresh_only: bool = False) -> Plan:
        return terraform.plan(self.key, self.folder, "", self.env, refresh_only=refresh_only)


def stacks(organization: Organization, sandbox: Sandbox, work: Path) -> Iterator[Stack]:
    """Account stacks of accounts where nothing else has to be there first."""
    renderer, folders = Renderer(ROOT), BuildFolders(work / "build")
    special = organization.facts.accounts
    names = {special.management, special.security, special.log_archive}
    for key in stacks_of(organization):
        if key.stack is StackName.ACCOUNT and key.account_name not in names:
            folder = folders.write(renderer.render(organization, key))
            yield Stack(key, folder, credentials(sandbox, key, work / f"{key.account_name}.keys"))


def credentials(sandbox: Sandbox, key: StackKey, file: Path) -> Mapping[str, str]:
    keys = sandbox.session(key.account_id).get_credentials()
    own = sandbox.session().get_credentials()
    assert keys
    assert own
    file.write_text(
        f"[{key.account_id}]\naws_access_key_id = {keys.access_key}\n"
        f"aws_secret_access_key = {keys.secret_key}\naws_session_token = {keys.token}\n"
        f"[state]\naws_access_key_id = {own.access_key}\n"
        f"aws_secret_access_key = {own.secret_key}\n"
    )
    return {"AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_CONFIG_FILE": os.devnull}


@contextmanager
def company(work: Path, accounts: int) -> Iterator[tuple[Organization, Sandbox]]:
    """An organization that has all that its accounts' stacks find in other accounts."""
    made = work / "project"
    fleet = copied(ROOT, made, accounts + len(FIRST), Weight.FULL, date.today())
    with lifecycle.running(made / ".sandbox", fleet) as sandbox:
        for words in (("bootstrap", "--yes"), ("apply", *FIRST, *REASON)):
            if code := orchestrator(made, *words).wait():
                raise SystemExit(f"orchestrator {words[0]}: {code}")
        yield config.load(made / "account_configs", date.today()), sandbox


@contextmanager
def ways(sandbox: Sandbox, work: Path) -> Iterator[tuple[Way, Way]]:
    processes = Processes()
    env = {**os.environ, **sandbox.environment}
    tools = toolchain(env, ROOT / "terraform/.terraform.lock.hcl", work, processes)
    gateway = ProviderGateway(work / "cache")
    plain = TerraformCli(tools.tool, processes, tools.environment)
    warm = TerraformCli(tools.tool, processes, tools.environment, providers=gateway)
    try:
        yield Way(plain, None), Way(warm, gateway)
    finally:
        gateway.stop()


def run(way: Way, stack: Stack) -> int:
    """A whole life of a stack, from its first plan; how many resources it has."""
    terraform = way.terraform
    terraform.init(stack.folder, stack.env)
    first = stack.plan(terraform)
    way.measured("apply", lambda: terraform.apply(first, stack.env))
    terraform.is_empty(stack.folder, stack.env)
    terraform.record(stack.folder, stack.env)
    plan = way.measured("plan", lambda: stack.plan(terraform))
    assert plan.empty, plan.changes
    own = Own(stack.key.account_id, stack.key.account_name)
    way.measured("show", lambda: terraform._show(stack.folder, plan.json_file, stack.env, own))
    way.measured("refresh_only", lambda: stack.plan(terraform, refresh_only=True))
    way.measured("verify", lambda: terraform.is_empty(stack.folder, stack.env))
    return len(first.changes)


def warm_up(way: Way, stack: Stack) -> Cost:
    """The first plan of a gateway that knows nothing: hash, process, schemas, checks."""
    way.terraform.init(stack.folder, stack.env)
    way.measured("first plan", lambda: stack.plan(way.terraform))
    return way.usual("first plan")


def main(results: Path | None, accounts: int) -> int:
    with TemporaryDirectory() as private:
        work = Path(private)
        with company(work, 2 * accounts) as (organization, sandbox):
            found = list(stacks(organization, sandbox, work))[: 2 * accounts]
            with ways(sandbox, work) as (plain, warm):
                firsts = [warm_up(way, found[0]) for way in (plain, warm)]
                pairs = zip(found[::2], found[1::2], strict=False)
                sizes = [size for pair in pairs for size in map(run, (plain, warm), pair)]
                memory = [private_memory(pid) for pid in warm.providers()]
    return report(plain, warm, firsts, sizes, memory, results)


def private_memory(pid: int) -> int:
    resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") >> 20


def report(
    plain: Way,
    warm: Way,
    firsts: Sequence[Cost],
    sizes: Sequence[int],
    memory: Sequence[int],
    results: Path | None,
) -> int:
    costs = {step: (plain.usual(step), warm.usual(step)) for step in STEPS}
    costs["first_plan"] = (firsts[0], firsts[1])
    for step, (slow, fast) in costs.items():
        sys.stdout.write(
            f"{step}: {slow.cpu:.2f} → {fast.cpu:.2f} s CPU, {slow.wall:.2f} → {fast.wall:.2f} s\n"
        )
    sys.stdout.write(f"{max(sizes)} resources an account, {memory} MB private a provider\n")
    ratios = {f"{step}_cpu_ratio": slow.cpu / fast.cpu for step, (slow, fast) in costs.items()}
    sys.stdout.write(" ".join(f"{name}={ratio:.1f}" for name, ratio in ratios.items()) + "\n")
    if results:
        seconds = {
            step: {"plain": vars_of(slow), "warm": vars_of(fast)}
            for step, (slow, fast) in costs.items()
        }
        figures = {"resources": max(sizes), "seconds": seconds, "ratios": ratios, "memory": memory}
        results.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return int(any(ratios[f"{step}_cpu_ratio"] < least for step, least in LIMITS.items()))


def vars_of(cost: Cost) -> Mapping[str, float]:
    return {"cpu": cost.cpu, "wall": cost.wall}


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(
        main(
            Path(arguments[0]) if arguments else None,
            int(arguments[1]) if arguments[1:] else 3,
        )
    )
