"""AWS Security Hub, with its meaning: policies reach accounts, findings aggregate, rules act."""

from __future__ import annotations

from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.securityhub.central import on_account_moved
from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

__all__ = ["install", "on_account_moved"]


def install() -> None:
    extend.substitute(securityhub_backends, SecurityHubBackend)
