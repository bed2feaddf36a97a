"""Security Hub's actions: each is the operation of the same name on a part of the backend."""

from __future__ import annotations

from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox.extend import ParsedResponses, operations_of
from orchestrator.sandbox.services.securityhub.models import PARTS


class SecurityHubResponse(ParsedResponses):
    service = "securityhub"


operations_of(SecurityHubResponse, securityhub_backends, PARTS)
