"""AWS CloudTrail: who may have a trail of the organization, and trails by name."""

from __future__ import annotations

from moto.cloudtrail.models import cloudtrail_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.cloudtrail.models import CloudTrailBackend


def install() -> None:
    extend.substitute(cloudtrail_backends, CloudTrailBackend)
