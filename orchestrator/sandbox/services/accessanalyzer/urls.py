"""Access Analyzer's host, and every path below it: operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.accessanalyzer.responses import AccessAnalyzerResponse

url_bases = [r"https?://access-analyzer\.(.+)\.amazonaws\.com"]
url_paths = every_path(AccessAnalyzerResponse.dispatch)
