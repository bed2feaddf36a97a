"""Conducts a rehearsal: the project copied and grown, rolled out, and what is left behind."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psutil

from orchestrator import assets, config
from orchestrator.errors import OrchestratorError
from orchestrator.model import dates
from orchestrator.model.facts import Access
from orchestrator.rehearsal.checks import Facts, gathered
from orchestrator.rehearsal.program import Attempt, Kill, Program, Sampler, Stderr
from orchestrator.rehearsal.scenario import Scenario, Weight, broken_accounts, lighten
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import Fleet, grow_configs


def copied(root: Path, target: Path, accounts: int, weight: Weight, today: date) -> Fleet:
    """Make the project at `target`; the organization that the sandbox is to hold.

    The user's own files are only read.
    """
    target.mkdir(parents=True)
    fleet = grow_configs(root / "account_configs", target / "account_configs", accounts, today)
    for name in assets.of(root).parts:
        if name == "overrides":
            shutil.copytree(root / name, target / name)
        elif name != "account_configs":
            (target / name).symlink_to((root / name).resolve())
    if weight is Weight.LIGHT:
        lighten(target)
    return fleet


STATE_LOCK = ".tflock"
LEASES = "locks/"
PATIENCE = 150.0
"""Seconds: Terraform whose parent was killed may be at a resource that takes its time."""


def locks(sandbox: Sandbox, project: Path) -> tuple[str, ...]:
    """Terraform's lock files and our own leases of accounts, in the state bucket."""
    facts = config.load(project / "account_configs", dates.today()).facts
    pages = (
        sandbox.client("s3").get_paginator("list_objects_v2").paginate(Bucket=facts.state.bucket)
    )
    keys = (found["Key"] for page in pages for found in page.get("Contents", ()))
    return tuple(key for key in keys if key.endswith(STATE_LOCK) or key.startswith(LEASES))


def settled(alive: Callable[[], tuple[psutil.Process, ...]]) -> tuple[str, ...]:
    """Wait until no process of ours runs; those that still do, after all patience."""
    deadline = time.monotonic() + PATIENCE
    while (left := alive()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return tuple(_named(process) for process in left)


def _named(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:100]}"
    except psutil.Error:
        return f"{process.pid}"


JOURNAL = 4 * 1024 * 1024 * 1024
"""Bytes of the sandbox's log: all of it is evidence."""

REASON = "a rehearsal in the sandbox, where nothing is at stake"
MORE = 4
"""Attempts beyond those that are killed: a rollout that needs more does not converge."""

ADMINISTRATOR = "administrator"
"""The sandbox's own user, by whom the management account is entered."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a rehearsal is carried out with."""

    root: Path
    folder: Path
    access: Access
    say: Callable[[str], None]
    live: bool = False
    stderr: Stderr = None

    @property
    def project(self) -> Path:
        return self.folder / "project"


class RehearsalFailed(OrchestratorError):
    """It did not come as far as a rollout."""


def rehearse(scenario: Scenario, means: Means) -> Facts:
    """Carry it out. Raises RehearsalFailed when there is nothing to report on."""
    started = time.monotonic()
    means.say(f"{scenario.accounts} accounts, {scenario.weight} stack, in {means.folder}")
    fleet = copied(means.root, means.project, scenario.accounts, scenario.weight, dates.today())
    with _sandbox(fleet, means, scenario.seed) as sandbox, Sampler() as sampler:
        program = Program(means.project, means.stderr, sampler.watch)
        _bootstrapped(program, means)
        attempts = _rolled_out(scenario, fleet, sandbox, program, sampler, means)
        means.say("every stack is compared with AWS")
        final = program.run("--sandbox", "drift", "all", *_watched(means))
        server = psutil.Process(_pid(means))
        times = server.cpu_times()
        facts = Facts(
            scenario,
            frozenset(account.id for account in fleet.accounts),
            tuple(account.name for account in broken_accounts(fleet, scenario.broken)),
            (*attempts, final),
            Counter(stack["outcome"] for stack in final.stacks),
            gathered(journal.read(means.project / ".sandbox"), _roles(means.access)),
            locks(sandbox, means.project),
            settled(sampler.alive),
            (),
            server.memory_info().rss,
            times.user + times.system,
            0,
            str(means.folder),
        )
    return replace(facts, memory=tuple(sampler.samples), seconds=time.monotonic() - started)


def _rolled_out(
    scenario: Scenario,
    fleet: Fleet,
    sandbox: Sandbox,
    program: Program,
    sampler: Sampler,
    means: Means,
) -> tuple[Attempt, ...]:
    """Attempts until one is through; broken accounts are mended once they have stopped one."""
    breaking = scenario.breaking(broken_accounts(fleet, scenario.broken))
    sandbox.faults(*scenario.faults(), *breaking, seed=scenario.seed)
    kills = list(scenario.kills)
    attempts: list[Attempt] = []
    words: Sequence[str] = ("apply", "all", "--yes", "--reason", REASON, *scenario.words)
    while len(attempts) < len(scenario.kills) + MORE:
        kill = Kill(kills.pop(0), scenario.signal) if kills else None
        means.say(f"attempt {len(attempts) + 1}: {' '.join(words[:2])}")
        attempts.append(program.run("--sandbox", *words, *_watched(means), kill=kill))
        last = attempts[-1]
        below = "\n" if means.live and last.killed else ""  # what is left of its screen
        means.say(f"{below}  ended with {last.killed or last.code} after {last.seconds:.0f} s")
        if last.code == 0:
            break
        settled(sampler.alive)
        if not last.killed and breaking:
            breaking = ()
            means.say("  the broken accounts are mended")
            sandbox.faults(*scenario.faults(), seed=scenario.seed + len(attempts))
        words = ("resume", last.run, "--yes") if last.run else words
    sandbox.faults()
    return tuple(attempts)


def _watched(means: Means) -> Sequence[str]:
    return ("--json", "--live") if means.live else ("--json",)


def _bootstrapped(program: Program, means: Means) -> None:
    means.say("bootstrap")
    made = program.run("--sandbox", "bootstrap", "--yes")
    if made.code != 0:
        raise RehearsalFailed(
            f"bootstrap ended with {made.code}", f"see what it says: {means.folder}"
        )


@contextmanager
def _sandbox(fleet: Fleet, means: Means, seed: int) -> Iterator[Sandbox]:
    settings = lifecycle.Settings(seed=seed, journal_bytes=JOURNAL)
    with lifecycle.running(means.project / ".sandbox", fleet, settings) as running:
        yield running


def _pid(means: Means) -> int:
    running = lifecycle.status(means.project / ".sandbox")
    if running is None:
        raise RehearsalFailed("the sandbox has ended", f"see {means.project / '.sandbox'}")
    return running.pid


def _roles(access: Access) -> frozenset[str]:
    return frozenset({access.apply_role, access.entry_role, ADMINISTRATOR})
