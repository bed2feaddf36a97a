"""AWS STS: sessions that are found by their key, and that end."""

from __future__ import annotations

from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from orchestrator.sandbox.extend import amend
from orchestrator.sandbox.services.sts import models, responses
from orchestrator.sandbox.services.sts.models import expire_all

__all__ = ["expire_all", "install"]


def install() -> None:
    """Amend moto's STS; may be called again."""
    amend(STSBackend, "assume_role", models.assume_role)
    amend(STSBackend, "get_assumed_role_from_access_key", models.get_assumed_role_from_access_key)
    amend(TokenResponse, "assume_role", responses.assume_role)
    for name in ("get_session_token", "get_federation_token"):
        amend(TokenResponse, name, responses.not_there)
