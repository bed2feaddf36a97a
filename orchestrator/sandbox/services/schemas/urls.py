"""The actions of schema registries: each is the operation of the same name."""

from __future__ import annotations

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.schemas.models import PARTS, schemas_backends


class SchemasResponse(ParsedResponses):
    service = "schemas"


operations_of(SchemasResponse, schemas_backends, PARTS)


url_bases = [r"https?://schemas\.(.+)\.amazonaws\.com"]
url_paths = every_path(SchemasResponse.dispatch)
