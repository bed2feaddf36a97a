"""Security Hub's actions: each is the operation of the same name on a part of the backend."""

from __future__ import annotations

from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.securityhub.models import PARTS


class SecurityHubResponse(ParsedResponses):
    service = "securityhub"


operations_of(SecurityHubResponse, securityhub_backends, PARTS)


url_bases = [r"https?://securityhub\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityHubResponse.dispatch)
