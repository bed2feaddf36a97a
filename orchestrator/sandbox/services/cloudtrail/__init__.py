"""AWS CloudTrail: who may have a trail of the organization, and trails by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.cloudtrail.models import CloudTrailBackend


def install() -> None:
    extend.substitute(cloudtrail_backends, CloudTrailBackend)
    extend.amend(Trail, "description", described)


def described(original: Callable[..., Json], self: Any, *args: Any, **given: Any) -> Json:
    """With whether it records anything else than a new trail does."""
    return {
        **original(self, *args, **given),
        "HasCustomEventSelectors": bool(self.event_selectors or self.advanced_event_selectors),
        "HasInsightSelectors": bool(self.insight_selectors),
    }
