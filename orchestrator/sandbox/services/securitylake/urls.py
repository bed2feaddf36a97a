"""Security Lake's actions: each is the operation of the same name on a part of the backend."""

from __future__ import annotations

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.securitylake.models import PARTS, securitylake_backends


class SecurityLakeResponse(ParsedResponses):
    service = "securitylake"


operations_of(SecurityLakeResponse, securitylake_backends, PARTS)


url_bases = [r"https?://securitylake\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityLakeResponse.dispatch)
