"""Amazon CloudWatch: metrics of what failed on its way, and alarms that look at metrics."""

from __future__ import annotations

from moto.cloudwatch.models import Alarm, CloudWatchBackend

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.cloudwatch import alarms
from orchestrator.sandbox.services.cloudwatch.alarms import tick
from orchestrator.sandbox.services.cloudwatch.metrics import count

__all__ = ["count", "install", "tick"]


def install() -> None:
    extend.amend(CloudWatchBackend, "put_metric_data", alarms.put_metric_data)
    extend.amend(Alarm, "update_state", alarms.update_state)
