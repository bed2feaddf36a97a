"""A folder to work in, with the fake Terraform or the real one, and the accidents of real life."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Protocol

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.cli import TerraformCli, Timeouts
from orchestrator.adapters.terraform.toolchain import build_environment, terraform
from orchestrator.model.plan import Plan
from orchestrator.ports import Terraform
from tests.builders import a_key
from tests.contract.terraform.fake import FakeTerraform

KEY = a_key()
SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch began && sleep 60"
  }
}
"""


class Workshop(Protocol):
    """What the contract's tests can do to a stack, besides calling its Terraform."""

    folder: Path
    terraform: Terraform

    def declare(self, **resources: str) -> None: ...
    def declare_nonsense(self) -> None: ...
    def declare_slow(self) -> None: ...
    def move_state(self) -> None: ...
    def fail_to_save(self) -> None: ...
    def interrupt_when_begun(self) -> None: ...
    def locked(self) -> bool: ...
    def impatient(self) -> Terraform: ...


def planned(workshop: Workshop, *, refresh_only: bool = False) -> Plan:
    workshop.terraform.init(workshop.folder, {})
    return workshop.terraform.plan(KEY, workshop.folder, "r", {}, refresh_only=refresh_only)


class FakeWorkshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fake = FakeTerraform()
        self.terraform: Terraform = self.fake

    def declare(self, **resources: str) -> None:
        self.fake.declared[self.folder] = resources

    def declare_nonsense(self) -> None:
        self.declare(broken="")

    def declare_slow(self) -> None:
        self.declare(slow="")
        self.fake.slow = True

    def move_state(self) -> None:
        self.fake.change(self.folder, {"somebody_elses": "1"})

    def fail_to_save(self) -> None:
        self.fake.unsaved_states[self.folder] = self.fake.states.pop(self.folder)

    def interrupt_when_begun(self) -> None:
        threading.Thread(target=self._interrupt).start()

    def _interrupt(self) -> None:
        self.fake.began.wait(10)
        self.fake.stop.set()

    def locked(self) -> bool:
        return self.fake.state(self.folder).locked

    def impatient(self) -> Terraform:
        self.fake.patience = 0.01
        return self.fake


class RealWorkshop:
    """Only Terraform's built-in provider, so that nothing has to be installed."""

    def __init__(self, folder: Path, private: Path) -> None:
        self.folder = folder
        self.processes = Processes()
        self.tool = terraform(os.environ, self.processes)
        self.environment = build_environment(
            os.environ, packages.write_configuration(private, None)
        )
        self.terraform: Terraform = TerraformCli(self.tool, self.processes, self.environment)

    def declare(self, **resources: str) -> None:
        blocks = (
            f'resource "terraform_data" "{name}" {{\n  input = "{value}"\n}}\n'
            for name, value in resources.items()
        )
        (self.folder / "main.tf").write_text("\n".join(blocks))

    def declare_nonsense(self) -> None:
        (self.folder / "main.tf").write_text('resource "terraform_data" {')

    def declare_slow(self) -> None:
        (self.folder / "main.tf").write_text(SLOW)

    def move_state(self) -> None:
        before = (self.folder / "main.tf").read_text()
        plan_file = self.folder / "plan.tfplan"
        kept = plan_file.read_bytes()
        self.declare(somebody_elses="1")
        self.terraform.apply(planned(self), {})
        plan_file.write_bytes(kept)
        (self.folder / "main.tf").write_text(before)

    def fail_to_save(self) -> None:
        (self.folder / "terraform.tfstate").rename(self.folder / "errored.tfstate")

    def interrupt_when_begun(self) -> None:
        threading.Thread(target=self._interrupt).start()

    def _interrupt(self) -> None:
        deadline = time.monotonic() + 60
        while not (self.folder / "began").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.processes.interrupt_all()

    def locked(self) -> bool:
        return (self.folder / ".terraform.tfstate.lock.info").exists()

    def impatient(self) -> Terraform:
        timeouts = Timeouts(apply=1.5)
        return TerraformCli(self.tool, self.processes, self.environment, timeouts)
