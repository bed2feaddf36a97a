"""GuardDuty's actions: moto's own, and the operations of the parts added to its backend."""

from __future__ import annotations

from moto.guardduty.models import guardduty_backends
from moto.guardduty.responses import GuardDutyResponse as MotoGuardDutyResponse

from orchestrator.sandbox.extend import every_path, operations_of
from orchestrator.sandbox.services.guardduty.models import PARTS


class GuardDutyResponse(MotoGuardDutyResponse):  # type: ignore[misc]
    """Overrides what moto has for one account alone."""


operations_of(GuardDutyResponse, guardduty_backends, PARTS)


url_bases = [r"https?://guardduty\.(.+)\.amazonaws\.com"]
url_paths = every_path(GuardDutyResponse.dispatch)
