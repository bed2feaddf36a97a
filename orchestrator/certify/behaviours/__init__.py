"""Every behaviour of AWS that the product relies on, by area."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.certify.behaviour import Behaviour
from orchestrator.certify.behaviours import iam, messages, monitoring, storage

ALL: tuple[Behaviour, ...] = (
    *iam.BEHAVIOURS,
    *storage.BEHAVIOURS,
    *messages.BEHAVIOURS,
    *monitoring.BEHAVIOURS,
)
BY_ID: Mapping[str, Behaviour] = {behaviour.id: behaviour for behaviour in ALL}
