"""What somebody with too many rights does by hand, on a bad day."""

from __future__ import annotations

from pathlib import Path

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox

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
