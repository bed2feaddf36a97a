"""What a drift check of an account stack costs: by reading, by a warm plan, by a plain one.

python tests/bench/bench_drift.py [FIGURES.json [ACCOUNTS]]

All three on the same accounts of the sandbox, one after the other in one run; CPU seconds of
Terraform, of the providers and of this process, the sandbox apart. Prints one line.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.files import BuildFolders
from orchestrator.adapters.process import Processes
from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.reader import ProviderReader
from orchestrator.adapters.terraform.cli import TerraformCli
from orchestrator.adapters.terraform.toolchain import toolchain
from orchestrator.drift import verdict
from orchestrator.model.drift import Baseline, Reading
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Rendering
from orchestrator.render import Renderer
from orchestrator.sandbox.client import Sandbox
from tests.bench.bench_gateway import Stack, Way, company, stacks, vars_of
from tests.unit.render.builders import ROOT

LIMIT = 15.0
"""The least that reading must be cheaper than a plain plan, in CPU."""


class Checks:
    """The three ways, over one organization's accounts."""

    def __init__(self, organization: Organization, sandbox: Sandbox, work: Path) -> None:
        self._organization, self._work = organization, work
        processes = Processes()
        tools = toolchain(
            {**os.environ, **sandbox.environment},
            ROOT / "terraform/.terraform.lock.hcl",
            work,
            processes,
        )
        self.gateway = ProviderGateway(work / "cache")
        plain = TerraformCli(tools.tool, processes, tools.environment)
        warm = TerraformCli(tools.tool, processes, tools.environment, providers=self.gateway)
        self.plain, self.warm = Way(plain, None), Way(warm, self.gateway)
        self.read = Way(warm, self.gateway)
        bucket, s3 = organization.facts.state.bucket, sandbox.client("s3")
        self._reader = ProviderReader(
            self.gateway,
            lambda key: s3.get_object(Bucket=bucket, Key=key.state_key)["Body"].read(),
            tools.tool,
            tools.environment,
        )
        self._renderer = Renderer(ROOT)

    def roll_out(self, stack: Stack) -> Baseline:
        """Apply a stack, and keep a reading of it."""
        terraform = self.warm.terraform
        terraform.init(stack.folder, stack.env)
        terraform.apply(stack.plan(terraform), stack.env)
        terraform.is_empty(stack.folder, stack.env)
        terraform.record(stack.folder, stack.env)
        found = self._read(stack)
        rendering = self._rendering(stack)
        now = datetime.now(UTC)
        return Baseline(stack.key, rendering.digest, verdict.lock_of(rendering), found, now)

    def check(self, stack: Stack, baseline: Baseline) -> None:
        """Each way from the rendered files to the verdict, which must be that nothing changed."""
        self.read.measured("drift", lambda: self._by_reading(stack, baseline))
        for way in (self.warm, self.plain):
            way.measured("drift", lambda way=way: self._by_plan(way, stack))  # type: ignore[misc]

    def _by_reading(self, stack: Stack, baseline: Baseline) -> None:
        self._written(stack, self.read.terraform)
        doubt = verdict.after(baseline, self._read(stack))
        assert doubt is None, doubt

    def _by_plan(self, way: Way, stack: Stack) -> None:
        self._written(stack, way.terraform)
        assert not stack.plan(way.terraform, refresh_only=True).drift

    def _written(self, stack: Stack, terraform: TerraformCli) -> None:
        BuildFolders(self._work / "build").write(self._rendering(stack))
        terraform.init(stack.folder, stack.env)

    def _rendering(self, stack: Stack) -> Rendering:
        return self._renderer.render(self._organization, stack.key)

    def _read(self, stack: Stack) -> Reading:
        found = self._reader.read(stack.key, stack.folder, stack.env)
        assert isinstance(found, Reading), found
        return found


def main(results: Path | None, accounts: int) -> int:
    with TemporaryDirectory() as private:
        work = Path(private)
        with company(work, accounts) as (organization, sandbox):
            checks = Checks(organization, sandbox, work)
            try:
                found = list(stacks(organization, sandbox, work))[:accounts]
                pairs = [(stack, checks.roll_out(stack)) for stack in found]
                for _ in range(2):
                    for stack, baseline in pairs:
                        checks.check(stack, baseline)
            finally:
                checks.gateway.stop()
    return report(checks, len(pairs[0][1].reading.resources), results)


def report(checks: Checks, resources: int, results: Path | None) -> int:
    read, exact, plain = (way.usual("drift") for way in (checks.read, checks.warm, checks.plain))
    ratios = {
        "drift_cpu_ratio": plain.cpu / read.cpu,
        "drift_ratio": plain.wall / read.wall,
        "exact_cpu_ratio": exact.cpu / read.cpu,
        "exact_ratio": exact.wall / read.wall,
    }
    costs = {"read": read, "exact": exact, "plain": plain}
    said = ", ".join(f"{name} {c.cpu:.3f} s CPU {c.wall:.3f} s" for name, c in costs.items())
    named = " ".join(f"{name}={value:.1f}" for name, value in ratios.items())
    sys.stdout.write(f"drift of {resources} resources: {said} {named}\n")
    if results:
        seconds = {name: vars_of(cost) for name, cost in costs.items()}
        figures = {"resources": resources, "seconds": seconds, "ratios": ratios}
        results.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return int(ratios["drift_cpu_ratio"] < LIMIT)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(
        main(
            Path(arguments[0]) if arguments else None,
            int(arguments[1]) if arguments[1:] else 3,
        )
    )
