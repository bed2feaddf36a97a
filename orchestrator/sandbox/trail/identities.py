"""Who makes a call, as CloudTrail's userIdentity.

Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from orchestrator.sandbox.exchange import Principal

Json = dict[str, Any]


def identity(principal: Principal) -> Json:
    """The caller; of a session, also the role it is of, and since when."""
    if principal.is_role:
        return _session(principal.account_id, principal.access_key_id) or _known(principal)
    return _known(principal)


def _known(principal: Principal) -> Json:
    """A user, or a session that has been forgotten meanwhile."""
    name = principal.identity.rpartition("/")[2]
    user = iam_backends[principal.account_id]["aws"].users.get(name)
    kind = "AssumedRole" if principal.is_role else "IAMUser"
    found = {
        "type": kind,
        "principalId": user.id if user and not principal.is_role else principal.arn,
        "arn": principal.arn,
        "accountId": principal.account_id,
        "accessKeyId": principal.access_key_id,
    }
    return found if principal.is_role else {**found, "userName": name}


@lru_cache(maxsize=4096)
def _session(account_id: str, access_key_id: str) -> Json | None:
    """A session never changes, and its key is used many times."""
    session = sts_backends[account_id]["aws"].get_assumed_role_from_access_key(access_key_id)
    if session is None:
        return None
    whole = str(session.user_id)
    return {
        "type": "AssumedRole",
        "principalId": whole,
        "arn": session.arn,
        "accountId": account_id,
        "accessKeyId": access_key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": whole.partition(":")[0],
                "arn": session.role_arn,
                "accountId": account_id,
                "userName": session.role_arn.rpartition("/")[2],
            },
            "attributes": {
                "creationDate": f"{session.access_key.create_date:%Y-%m-%dT%H:%M:%SZ}",
                "mfaAuthenticated": "false",
            },
        },
    }


def from_outside(caller: Json) -> Json:
    """The caller as another account sees it, whose role is taken."""
    return {
        "type": "AWSAccount",
        "principalId": caller["principalId"],
        "accountId": caller["accountId"],
    }


def federated(parameters: Mapping[str, object]) -> Json | None:
    """Who comes with a token instead of a key, by what the token says; None if it is none.

    Source: CloudTrail User Guide, "userIdentity for web identity federation".
    """
    parts = str(parameters.get("WebIdentityToken", "")).split(".")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
        issuer = urlsplit(str(claims["iss"]))
        subject, audience = str(claims["sub"]), str(claims.get("aud", ""))
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
    provider = f"{issuer.netloc}{issuer.path}"
    return {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:{audience}:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
