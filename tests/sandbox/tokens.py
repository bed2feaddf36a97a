"""Tokens as a CI signs them for its jobs; the sandbox believes what they say."""

from __future__ import annotations

import base64
import json
import time

GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"


def a_token(
    subject: str, issuer: str = GITHUB, audience: str = "sts.amazonaws.com", seconds: float = 3600
) -> str:
    """Of the job `subject`, which holds for so many seconds."""
    header: dict[str, object] = {"alg": "RS256"}
    claims: dict[str, object] = {"iss": f"https://{issuer}", "aud": audience, "sub": subject}
    return ".".join([_part(header), _part({**claims, "exp": time.time() + seconds}), "signature"])


def _part(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
