"""GuardDuty's host, and every path below it: operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.guardduty.responses import GuardDutyResponse

url_bases = [r"https?://guardduty\.(.+)\.amazonaws\.com"]
url_paths = every_path(GuardDutyResponse.dispatch)
