"""The actions of IAM Roles Anywhere: each is the operation of the same name."""

from __future__ import annotations

from orchestrator.sandbox.extend import ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.rolesanywhere.models import PARTS, rolesanywhere_backends


class RolesAnywhereResponse(ParsedResponses):
    service = "rolesanywhere"


operations_of(RolesAnywhereResponse, rolesanywhere_backends, PARTS)


url_bases = [r"https?://rolesanywhere\.(.+)\.amazonaws\.com"]
url_paths = every_path(RolesAnywhereResponse.dispatch)
