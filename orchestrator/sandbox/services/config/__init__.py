"""AWS Config: recording mode, delivery to a bucket that exists, the organization's aggregator."""

from __future__ import annotations

from moto.config.models import config_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.config.models import ConfigBackend


def install() -> None:
    extend.substitute(config_backends, ConfigBackend)
