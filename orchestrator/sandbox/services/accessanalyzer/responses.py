"""Access Analyzer's actions: each is the operation of the same name on a part of the backend."""

from __future__ import annotations

from orchestrator.sandbox.extend import ParsedResponses, operations_of
from orchestrator.sandbox.services.accessanalyzer.models import PARTS, accessanalyzer_backends


class AccessAnalyzerResponse(ParsedResponses):
    service = "accessanalyzer"


operations_of(AccessAnalyzerResponse, accessanalyzer_backends, PARTS)
