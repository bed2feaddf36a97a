"""Amazon GuardDuty across an organization: administrator, members, publishing destinations."""

from __future__ import annotations

from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.guardduty import features
from orchestrator.sandbox.services.guardduty.models import GuardDutyBackend
from orchestrator.sandbox.services.guardduty.organization import on_account_moved

__all__ = ["install", "on_account_moved"]


def install() -> None:
    extend.substitute(guardduty_backends, GuardDutyBackend)
    features.install()
