"""Access Analyzer's actions: each is the operation of the same name on a part of the backend."""

from __future__ import annotations

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.accessanalyzer.models import PARTS, accessanalyzer_backends


class AccessAnalyzerResponse(ParsedResponses):
    service = "accessanalyzer"


operations_of(AccessAnalyzerResponse, accessanalyzer_backends, PARTS)


url_bases = [r"https?://access-analyzer\.(.+)\.amazonaws\.com"]
url_paths = every_path(AccessAnalyzerResponse.dispatch)
