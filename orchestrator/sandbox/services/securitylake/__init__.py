"""Amazon Security Lake, a service moto does not have: lakes, sources, subscribers, new accounts."""

from __future__ import annotations

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.securitylake.models import securitylake_backends
from orchestrator.sandbox.services.securitylake.urls import url_bases


def install() -> None:
    extend.add_service("securitylake", url_bases[0], securitylake_backends)
