"""EventBridge's schema registries, which moto does not have: AWS's own, and none can be made.

Source: Amazon EventBridge Schema Registry API Reference, Registries; Amazon EventBridge User Guide,
"Schema registries in Amazon EventBridge".
"""

from __future__ import annotations

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.schemas.models import schemas_backends
from orchestrator.sandbox.services.schemas.urls import url_bases


def install() -> None:
    extend.add_service("schemas", url_bases[0], schemas_backends)
