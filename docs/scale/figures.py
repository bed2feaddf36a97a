"""The measured seconds that the model starts from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from docs.scale.model import Figures

KEPT = Path(__file__).with_name("figures.json")


def kept() -> Figures:
    """Those that docs/scale.md was written with."""
    return Figures(**json.loads(KEPT.read_text("utf-8")))


def keep(figures: Figures) -> None:
    KEPT.write_text(json.dumps(asdict(figures), indent=2) + "\n", "utf-8")


def measured(results: Path) -> Figures:
    """From what tests/bench/bench_fleet.py has written.

    An apply is a plan that has found something, the applying, and the plan that then finds
    nothing; the last two are taken for as long as a plan each.
    """
    found = json.loads(results.read_text("utf-8"))
    accounts, seconds = found["accounts"], found["seconds"]
    cpu = {what: seconds[what]["cpu"] / accounts for what in ("pipeline", "changed", "drift")}
    return Figures(
        plan=round(cpu["pipeline"], 3),
        apply=round(cpu["changed"] + 2 * cpu["pipeline"], 3),
        drift=round(cpu["drift"], 3),
        resources=found["resources"],
        origin=f"`nox -s bench`, {accounts} accounts of {found['resources']} resources in two "
        "regions, on two cores, the sandbox's own processor time left out",
    )
