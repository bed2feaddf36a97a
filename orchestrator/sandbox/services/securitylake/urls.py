"""Security Lake's host, and every path below it: operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.securitylake.responses import SecurityLakeResponse

url_bases = [r"https?://securitylake\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityLakeResponse.dispatch)
