"""Every behaviour of AWS that the product relies on, by area."""

from __future__ import annotations

from orchestrator.certify.behaviour import Behaviour
from orchestrator.certify.behaviours import iam, messages, monitoring, policies, storage

ALL: tuple[Behaviour, ...] = (
    *iam.BEHAVIOURS,
    *storage.BEHAVIOURS,
    *messages.BEHAVIOURS,
    *monitoring.BEHAVIOURS,
    *policies.BEHAVIOURS,
)
