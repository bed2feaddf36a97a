"""The host of schema registries; operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.schemas.responses import SchemasResponse

url_bases = [r"https?://schemas\.(.+)\.amazonaws\.com"]
url_paths = every_path(SchemasResponse.dispatch)
