"""AWS STS: sessions that are found by their key, and that end.

What moto drops of a session is kept with it: policies by ARN, tags, and who it really is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from orchestrator.sandbox.extend import amend

FORGOTTEN_AFTER = timedelta(hours=1)
"""An expired key is still known for a while, so that it is called expired and not unknown."""

PRUNED_EVERY = 256


def assume_role(original: Callable[..., Any], self: Any, **kwargs: Any) -> Any:
    """Keep the session in the role's account, under its key."""
    from moto.sts.models import sts_backends  # noqa: PLC0415  its backends need this class

    session = original(self, **kwargs)
    session.issued = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    home = sts_backends[session.account_id]["aws"]
    home.assumed_roles.clear()
    sessions = _sessions(home)
    sessions[session.access_key_id] = session
    if len(sessions) % PRUNED_EVERY == 0:
        _prune(sessions, session.account_id)
    return session


def get_assumed_role_from_access_key(_: Callable[..., Any], self: Any, access_key_id: str) -> Any:
    """moto looks through the list of all sessions there ever were."""
    return _sessions(self).get(access_key_id)


def expire_all() -> int:
    """End every session now; how many there were."""
    from moto.sts.models import sts_backends  # noqa: PLC0415

    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    ended = 0
    for account in sts_backends.values():
        for session in _sessions(account["aws"]).values():
            ended += session.expiration > past
            session.expiration = min(session.expiration, past)
    return ended


def _sessions(backend: Any) -> dict[str, Any]:
    sessions: dict[str, Any] = backend.__dict__.setdefault("sessions", {})
    return sessions


def _prune(sessions: dict[str, Any], account_id: str) -> None:
    from moto.iam.models import iam_backends  # noqa: PLC0415

    limit = datetime.now(UTC).replace(tzinfo=None) - FORGOTTEN_AFTER
    keys = iam_backends[account_id]["aws"].access_keys
    for key in [key for key, session in sessions.items() if session.expiration < limit]:
        sessions.pop(key, None)
        keys.pop(key, None)


def not_there(_: Callable[..., Any], self: Any) -> Any:
    """moto would hand out credentials from the documentation, which nobody knows."""
    raise NotImplementedError(self._get_action())


def remember_session(original: Callable[..., Any], self: Any) -> Any:
    """What moto drops of a session: policies by ARN, tags, and who it really is."""
    answer = original(self)
    session = answer.result["Credentials"]
    named = self._get_param("PolicyArns", if_none=[])
    session.policy_arns = tuple(str(each["arn"]) for each in named)
    tags = self._get_param("Tags", if_none=[])
    session.tags = {str(tag["Key"]): str(tag["Value"]) for tag in tags}
    session.source_identity = self._get_param("SourceIdentity") or ""
    return answer


__all__ = ["expire_all", "install"]


def install() -> None:
    """Amend moto's STS; may be called again."""
    amend(STSBackend, "assume_role", assume_role)
    amend(STSBackend, "get_assumed_role_from_access_key", get_assumed_role_from_access_key)
    amend(TokenResponse, "assume_role", remember_session)
    for name in ("get_session_token", "get_federation_token"):
        amend(TokenResponse, name, not_there)
