"""What a step of the demo can do: say something, run a command, check; and what goes wrong."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox

Runner = Callable[[Sequence[str]], int]
WIDTH = 78


@dataclass
class Stage:
    """The demo's voice and memory. `say` prints, `command` carries out one command line."""

    root: Path
    work: Path
    say: Callable[[str], None]
    command: Runner
    silently: Callable[[Sequence[str]], str]
    """Carries out a command line and returns what it printed, as JSON for the most part."""
    checks: list[bool] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    number: int = 0

    def chapter(self, title: str, prose: str) -> None:
        """Begin a step: what it is about, in a newcomer's words."""
        self.number += 1
        seconds = time.monotonic() - self.started
        self.say(f"\n── {self.number}. {title} ── {seconds:.0f} s ".ljust(WIDTH, "─"))
        self.say(textwrap.fill(" ".join(prose.split()), WIDTH))
        self.say("")

    def run(self, *words: str, project: Path | None = None) -> int:
        """Show a command as the user would type it, and run it in the demo's own work folder."""
        self.say(f"$ orchestrator {' '.join(words)}")
        return self.command([*self._where(project), *words])

    def read(self, *words: str) -> Any:
        """What a command says as JSON, without showing it."""
        return json.loads(self.silently([*self._where(None), *words]))

    def await_(self, holds: Callable[[], bool], patience: float = 120.0) -> bool:
        """Whether it holds before patience, in seconds, is at its end."""
        deadline = time.monotonic() + patience
        while not (held := holds()) and time.monotonic() < deadline:
            time.sleep(1)
        return held

    def _where(self, project: Path | None) -> list[str]:
        return ["--project", str(project or self.root), "--work", str(self.work)]

    def check(self, sentence: str, holds: bool) -> None:
        """State a fact and whether it holds."""
        self.checks.append(holds)
        self.say(f"  {'✓' if holds else '✗'} {sentence}")

    def last_run(self) -> Mapping[str, str]:
        """Outcomes of the newest run by stack, 'orders-prod/account' → 'applied'."""
        return {f"{s['account']}/{s['stack']}": s["outcome"] for s in self._stacks()}

    def refusals(self) -> tuple[str, ...]:
        """Every reason the gate gave in the newest run."""
        return tuple(reason for stack in self._stacks() for reason in stack["refused"])

    def _stacks(self) -> list[Any]:
        runs = sorted((self.work / ".orchestrator" / "runs").glob("*.json"))
        stacks: list[Any] = json.loads(runs[-1].read_text())["stacks"] if runs else []
        return stacks

    def conclude(self) -> int:
        """The last line, and the exit code."""
        held = sum(self.checks)
        self.say(f"demo: {held} of {len(self.checks)} checks passed")
        return 0 if held == len(self.checks) and self.checks else 1


ACCOUNT = "orders-dev"
CONTROL = "EC2.13"
SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "just for today"}],
}


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A security group in a member account."""

    ec2: Any
    hub: Any
    """Security Hub as its administrator sees it."""
    id: str
    arn: str

    @property
    def is_open(self) -> bool:
        found = self.ec2.describe_security_groups(GroupIds=[self.id])["SecurityGroups"][0]
        return bool(found["IpPermissions"])

    def finding(self) -> str:
        """The id of the finding that it is open; '' while there is none."""
        filters = {
            "ComplianceSecurityControlId": [{"Value": CONTROL, "Comparison": "EQUALS"}],
            "ResourceId": [{"Value": self.arn, "Comparison": "EQUALS"}],
        }
        found = self.hub.get_findings(Filters=filters)["Findings"]
        return str(found[0]["Id"]) if found else ""


def leave_open(home: Path, configs: Path) -> OpenGroup:
    """Make a security group that lets SSH in from everywhere."""
    running = lifecycle.status(home)
    if running is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    organization = config.load(configs, dates.today())
    account = organization.named(ACCOUNT).id
    sandbox = Sandbox(running.port, running.environment, home)
    ec2 = sandbox.client("ec2", account)
    hub = sandbox.client("securityhub", organization.security.id)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName="debugging", Description="debugging", VpcId=vpc)
    group: str = made["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[SSH])
    region = running.environment["AWS_REGION"]
    return OpenGroup(ec2, hub, group, f"arn:aws:ec2:{region}:{account}:security-group/{group}")


OPENS_BUCKETS = "payments-dev"
STOPS_RECORDING = "web-prod"


def by_hand(home: Path, configs: Path) -> None:
    """Open one account's buckets to the public, and stop AWS Config in a region of another."""
    running = lifecycle.status(home)
    if running is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    sandbox = Sandbox(running.port, running.environment, home)
    organization = config.load(configs, dates.today())
    opened = organization.named(OPENS_BUCKETS).id
    sandbox.client("s3control", opened).delete_public_access_block(AccountId=opened)
    stopped = organization.named(STOPS_RECORDING)
    recorder = sandbox.client("config", stopped.id, region=stopped.regions[-1])
    names = [
        r["name"] for r in recorder.describe_configuration_recorders()["ConfigurationRecorders"]
    ]
    recorder.stop_configuration_recorder(ConfigurationRecorderName=names[0])
