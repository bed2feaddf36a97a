"""Security Hub's host, and every path below it: operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.securityhub.responses import SecurityHubResponse

url_bases = [r"https?://securityhub\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityHubResponse.dispatch)
