"""A rollout of twenty accounts, killed at random again and again: nothing is lost, left or twice.

`KILLS` is how many kills there are, `KILLS_SEED` what their moments are drawn from.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil
import pytest

from orchestrator import config
from orchestrator.assets.folders import PRODUCT
from orchestrator.rehearsal.checks import gathered
from orchestrator.rehearsal.conduct import copied, settled
from orchestrator.rehearsal.program import Kill, Program
from orchestrator.rehearsal.scenario import Weight
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox

ROOT = Path(__file__).parents[2]
ACCOUNTS = 20
KILLS = int(os.environ.get("KILLS", "3"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SOON, LATE = 3.0, 30.0
"""Seconds after its start at which a run is killed."""

AGAIN = 6
"""Runs that are not killed, after which it must be done."""

LEAST = "--reason", "killed and taken up again in a test"
ROLES = frozenset({"orchestrator-apply", "OrganizationAccountAccessRole", "administrator"})

pytestmark = [pytest.mark.terraform, pytest.mark.long]


@dataclass
class Rollout:
    """One organization on its way, and what was done to it."""

    folder: Path
    dice: random.Random
    sandbox: Sandbox
    killed: Counter[str] = field(default_factory=Counter)
    started: list[psutil.Process] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    @property
    def program(self) -> Program:
        return Program(self.folder / "project", sys.stderr.buffer, self._watch)

    def _watch(self, pid: int) -> None:
        self.started.append(psutil.Process(pid))

    def apply(self, kill: Kill | None, *, resume: str = "") -> str:
        """One run, from the beginning or as the rest of another; the run to be resumed."""
        words = ("resume", resume) if resume else ("apply", "all", *LEAST)
        found = self.program.run("--sandbox", *words, "--yes", "--json", kill=kill)
        said = found.killed or str(found.code)
        self.ended.append(f"{' '.join(words[:2])}: {said}, {found.seconds:.0f} s")
        self.killed.update([found.killed] if found.killed else [])
        return "" if found.code == 0 else found.run

    def alive(self) -> tuple[psutil.Process, ...]:
        """Programs, and whatever works below their folder."""
        return tuple(process for process in self.started if process.is_running())

    def moment(self) -> Kill:
        return Kill(self.dice.uniform(SOON, LATE), self.dice.choice(SIGNALS))

    def objects(self) -> set[str]:
        """Locks of Terraform's and of ours."""
        bucket = config.load(self.folder / "project" / "account_configs", date.today())
        pages = self.sandbox.client("s3").get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=bucket.facts.state.bucket)
        keys = {each["Key"] for page in found for each in page.get("Contents", ())}
        return {key for key in keys if key.endswith(".tflock") or key.startswith("locks/")}

    def outcomes(self) -> Counter[str]:
        found = self.program.run("--sandbox", "plan", "all", "--json")
        return Counter(str(stack["outcome"]) for stack in found.stacks)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  the counts are what the test is run for


def _detach(project: Path) -> None:
    """Copies instead of links: what is resumed must not change because somebody works here."""
    for name in PRODUCT:
        (project / name).unlink()
        shutil.copytree(ROOT / name, project / name)


def rollout(folder: Path, dice: random.Random) -> Iterator[Rollout]:
    fleet = copied(ROOT, folder / "project", ACCOUNTS, Weight.LIGHT, date.today())
    _detach(folder / "project")
    settings = lifecycle.Settings(journal_bytes=1 << 32, delays=("iam=0",))
    with lifecycle.running(folder / "project" / ".sandbox", fleet, settings) as sandbox:
        made = Rollout(folder, dice, sandbox)
        assert made.program.run("--sandbox", "bootstrap", "--yes").code == 0
        yield made


def killed_until_done(made: Rollout, kills: int) -> int:
    """Killed at random until it is done all the same; how many kills are still to be made."""
    run, quiet = "", 0
    while quiet < AGAIN:
        kill = made.moment() if kills else None
        before = made.killed.total()
        run = made.apply(kill, resume=run)
        kills -= made.killed.total() - before
        quiet += kill is None
        if made.ended[-1].split(": ")[1].startswith("0,"):
            return kills
    raise AssertionError("not done:\n" + "\n".join(made.ended))


def test_whatever_kills_a_rollout_the_next_run_brings_it_to_its_end(tmp_path: Path) -> None:
    dice, left, total = random.Random(SEED), KILLS, Counter[str]()  # noqa: S311
    rounds = twice = 0
    while left > 0:
        rounds += 1
        for made in rollout(tmp_path / str(rounds), dice):
            left = killed_until_done(made, left)
            evidence = gathered(journal.read(made.folder / "project" / ".sandbox"), ROLES)
            twice += len(evidence.twice)
            total += made.killed
            say(f"round {rounds}: " + "; ".join(made.ended))
            say(f"created {evidence.creates}, twice {evidence.twice}, met {evidence.met}")
            assert made.outcomes() == {"unchanged": ACCOUNTS + 3}
            assert made.objects() == set()
            assert evidence.twice == ()
            assert not settled(made.alive)
    say(f"kills={total.total()} {dict(total)} rounds={rounds} twice={twice}")
