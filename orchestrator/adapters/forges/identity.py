"""A job's identity as a token of OpenID Connect, which AWS takes instead of keys.

Source: GitHub Docs, "About security hardening with OpenID Connect".
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from orchestrator.adapters.forges.asking import Asking, needed
from orchestrator.errors import NotTold

URL, TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
FIX = "give the job the permission id-token: write"


def github(env: Mapping[str, str], audience: str) -> str:
    """A new token. Raises UsageError outside of such a job, and NotTold."""
    url, token = needed(env, URL, TOKEN)
    asking = Asking("GitHub", url, {"Authorization": f"Bearer {token}"}, FIX)
    answer = asking.ask("GET", f"&audience={quote(audience, safe='')}")
    if not isinstance(answer, dict) or not isinstance(answer.get("value"), str):
        raise NotTold("GitHub answered without a token", FIX)
    return str(answer["value"])
