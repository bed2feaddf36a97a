"""The host of IAM Roles Anywhere; operations are told apart by the API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import every_path
from orchestrator.sandbox.services.rolesanywhere.responses import RolesAnywhereResponse

url_bases = [r"https?://rolesanywhere\.(.+)\.amazonaws\.com"]
url_paths = every_path(RolesAnywhereResponse.dispatch)
