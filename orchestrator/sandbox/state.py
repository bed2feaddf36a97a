"""What is known of a running sandbox, kept in its home folder.

Commands read it, so it imports nothing of the extra `sandbox`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.sealed import NO_FILES

FILE = "sandbox.json"
FLEET = "fleet.json"
LOG = "server.log"
DOMAIN = "aws.test"


@dataclass(frozen=True, slots=True)
class State:
    """`environment` makes any process talk to the sandbox."""

    pid: int
    port: int
    environment: Mapping[str, str]

    def write(self, home: Path) -> None:
        """Written whole or not at all, and only for our eyes: it holds a key."""
        draft = home / f"{FILE}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(home / FILE)


def read(home: Path) -> State | None:
    """The state in `home`; None when there is none, or it cannot be read."""
    try:
        raw = json.loads((home / FILE).read_text(encoding="utf-8"))
        return State(int(raw["pid"]), int(raw["port"]), dict(raw["environment"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def environment(port: int, key_id: str, secret: str, region: str) -> dict[str, str]:
    """The variables that lead to the sandbox.

    As the HTTP proxy it is reached under every name below its domain: buckets and S3 Control
    put theirs in front of it. In both spellings, and with no exceptions: a proxy of the caller's
    own must not get in the way.
    """
    proxy = f"http://127.0.0.1:{port}"
    return {
        **NO_FILES,
        "AWS_ENDPOINT_URL": f"http://{DOMAIN}:{port}",
        "HTTP_PROXY": proxy,
        "http_proxy": proxy,
        "NO_PROXY": "",
        "no_proxy": "",
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        # Python's SDK reads this one only.
        "AWS_DEFAULT_REGION": region,
    }
