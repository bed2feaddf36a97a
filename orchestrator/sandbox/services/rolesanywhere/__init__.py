"""IAM Roles Anywhere, a service moto does not have: profiles. No certificate is let in by them."""

from __future__ import annotations

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.rolesanywhere.models import rolesanywhere_backends
from orchestrator.sandbox.services.rolesanywhere.urls import url_bases


def install() -> None:
    extend.add_service("rolesanywhere", url_bases[0], rolesanywhere_backends)
