"""The registry that AWS keeps in every region."""

from __future__ import annotations

from moto.core.base_backend import BackendDict

from orchestrator.sandbox.extend import Backend, Json, operation


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
