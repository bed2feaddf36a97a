"""What one more stack at the same time needs in memory, planned and applied.

python tests/bench/bench_memory.py [FIGURES.json [WIDTH]]

The sample's account stack is planned and applied in a sandbox, first one at a time and then WIDTH
at a time. Terraform's and the providers' memory is sampled; what several processes share counts
once (PSS). The difference of the peaks, divided by the difference of the widths, is what
adapters/capacity.py reckons with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from orchestrator.rehearsal.conduct import copied
from orchestrator.rehearsal.scenario import Weight
from orchestrator.sandbox import lifecycle

ROOT = Path(__file__).parents[2]
ACCOUNTS = 24
MIB = 1 << 20
FIRST = ("log-archive", "management", "security")
REASON = ("--yes", "--reason", "measured in the sandbox")


def orchestrator(made: Path, *words: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "orchestrator", "--project", str(made), "--sandbox", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def peak(made: Path, *words: str) -> int:
    """Bytes that Terraform and providers had at most while the command ran."""
    most = 0
    with orchestrator(made, *words) as running:
        ours = psutil.Process(running.pid)
        while running.poll() is None:
            most = max(most, sum(map(_proportional, _family(ours))))
            time.sleep(0.1)
    return most


def _family(ours: psutil.Process) -> list[psutil.Process]:
    try:
        return ours.children(recursive=True)
    except psutil.Error:
        return []


def _proportional(process: psutil.Process) -> int:
    try:
        counts = process.name().startswith(("terraform", "tofu"))
        return int(process.memory_full_info().pss) if counts else 0
    except psutil.Error:
        return 0


def measured(made: Path, width: int) -> dict[str, int]:
    config = sorted((made / "account_configs" / "ous").rglob("*.yaml"))
    names = [file.stem for file in config if file.stem not in {"_ou", *FIRST}]
    one, many = names[:2], names[2 : 2 + 2 * width]
    found = {}
    for command, more in (("plan", ()), ("apply", REASON)):
        alone = peak(made, command, *one, "--width", "1", *more)
        together = peak(made, command, *many, "--width", str(width), *more)
        found[f"{command}_alone_mib"] = alone // MIB
        found[f"{command}_together_mib"] = together // MIB
        found[f"{command}_stack_mib"] = (together - alone) // (width - 1) // MIB
    return found


def main(figures: str = "", width: str = "4") -> int:
    with TemporaryDirectory(prefix="memory-") as folder:
        made = Path(folder) / "project"
        fleet = copied(ROOT, made, ACCOUNTS, Weight.FULL, date.today())
        waves = made / "account_configs" / "waves.yaml"
        waves.write_text(waves.read_text().replace("width: 2", "width: 9"))
        with lifecycle.running(made / ".sandbox", fleet):
            orchestrator(made, "bootstrap", "--yes").wait()
            orchestrator(made, "apply", *FIRST, *REASON).wait()
            found = measured(made, int(width))
    if figures:
        Path(figures).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(" ".join(f"{name}={value}" for name, value in found.items()))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
