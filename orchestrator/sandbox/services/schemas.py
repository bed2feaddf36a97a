"""EventBridge's schema registries, which moto does not have: AWS's own, and none can be made.

Source: Amazon EventBridge Schema Registry API Reference, Registries; Amazon EventBridge User Guide,
"Schema registries in Amazon EventBridge".
"""

from __future__ import annotations

from moto.core.base_backend import BackendDict

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import (
    Backend,
    Json,
    ParsedResponses,
    every_path,
    operation,
    operations_of,
)


class Registries:
    def __init__(self, backend: SchemasBackend) -> None:
        self.backend = backend

    @operation
    def list_registries(self, params: Json) -> Json:
        """Scope is LOCAL for an account's own, AWS for AWS's, and both unless it is said."""
        name = "aws.events"
        asked = params.get("Scope") in (None, "AWS")
        if not asked or not name.startswith(params.get("RegistryNamePrefix") or ""):
            return {"Registries": []}
        arn = f"arn:aws:schemas:{self.backend.region_name}::registry/{name}"
        return {"Registries": [{"RegistryArn": arn, "RegistryName": name, "Tags": {}}]}


PARTS: dict[str, type] = {"registries": Registries}


class SchemasBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.registries = Registries(self)


schemas_backends = BackendDict(SchemasBackend, "schemas")


class SchemasResponse(ParsedResponses):
    service = "schemas"


operations_of(SchemasResponse, schemas_backends, PARTS)


url_bases = [r"https?://schemas\.(.+)\.amazonaws\.com"]
url_paths = every_path(SchemasResponse.dispatch)


def install() -> None:
    extend.add_service("schemas", url_bases[0], schemas_backends)
