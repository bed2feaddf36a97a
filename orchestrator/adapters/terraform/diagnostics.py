"""Terraform's errors, without boxes, colours and secrets, and whether it was AWS that said no."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.adapters.capacity import is_throttling
from orchestrator.adapters.process import SECRET
from orchestrator.model.transient import Transient

LONGEST = 4000
"""Characters of an error text that are worth showing."""

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
BOX = re.compile(r"^[╷│╵] ?", re.MULTILINE)
BLANK_LINES = re.compile(r"\n\s*\n+")
CREDENTIALS = (
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), "<access key>"),
    (
        re.compile(
            r"(?i)((?:secret_?(?:access_?)?key|session_?token|security_?token|password)"
            r"[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,}]+"
        ),
        r"\1<redacted>",
    ),
    (
        re.compile(r"(?i)(X-Amz-(?:Credential|Security-Token|Signature)=)[^\s&\"']+"),
        r"\1<redacted>",
    ),
)
REGISTRY = re.compile(r"(?i)failed to (?:query available|install) provider|provider registry")
REFUSED = re.compile(
    r"AccessDenied|AccessDeniedException|UnauthorizedOperation|UnauthorizedAccess|ExpiredToken"
    r"|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId"
    r"|SignatureDoesNotMatch|AuthFailure|OptInRequired|SubscriptionRequiredException"
    r"|is not authorized to perform|explicit deny|StatusCode: 40[13]\b"
    r"|no valid credential sources|failed to refresh cached credentials"
    r"|failed to get shared config profile"
)
UNREACHABLE = re.compile(
    r"no such host|connection refused|connection reset by peer|network is unreachable"
    r"|no route to host|i/o timeout|TLS handshake timeout|proxyconnect tcp|request send failed"
    r"|server misbehaving|: EOF\b"
)
"""Source: error codes common to AWS APIs (AWS General Reference) and Go's package net."""

STALE = "Saved plan is stale"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of Terraform's. `address` is empty when it is not about one resource."""

    summary: str
    detail: str = ""
    address: str = ""

    def __str__(self) -> str:
        where = f"{self.address}: " if self.address else ""
        detail = f"\n  {self.detail}" if self.detail else ""
        return where + self.summary + detail

    @property
    def denied(self) -> bool:
        """Whether AWS refused or could not be reached. A provider registry is not AWS."""
        text = self._text
        return not REGISTRY.search(text) and bool(REFUSED.search(text) or UNREACHABLE.search(text))

    @property
    def transient(self) -> Transient | None:
        """Why it may be gone another time; None when it will not, as far as we know."""
        if is_throttling(self._text):
            return Transient.THROTTLING
        if REFUSED.search(self._text):
            return None
        return Transient.NETWORK if UNREACHABLE.search(self._text) else None

    @property
    def _text(self) -> str:
        return " ".join(f"{self.summary} {self.detail}".split())


def errors(stdout: str, stderr: str) -> tuple[Diagnostic, ...]:
    """The errors of a command: of its JSON stream, or else what it wrote for people."""
    found = tuple(filter(None, map(_error, stdout.splitlines())))
    text = plain(stderr)
    if text and not found:
        return (Diagnostic(text),)
    return found


def _error(line: str) -> Diagnostic | None:
    event = message(line)
    body = event.get("diagnostic")
    if not isinstance(body, dict) or body.get("severity") != "error":
        return None
    address = str(body.get("address", "")) or _place(body)
    return Diagnostic(plain(str(body["summary"])), plain(str(body.get("detail", ""))), address)


def _place(body: Mapping[str, object]) -> str:
    match body.get("range"):
        case {"filename": str(name), "start": {"line": int(line)}}:
            return f"{name}:{line}"
    return ""


def message(line: str) -> Mapping[str, object]:
    """One line of a `-json` stream; empty when it is something else."""
    if not line.startswith("{"):
        return {}
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def plain(text: str) -> str:
    """Text for a plain line-oriented place: no colour, no boxes, no runs of blank lines."""
    return BLANK_LINES.sub("\n", BOX.sub("", COLOUR.sub("", text))).strip()


def redact(text: str, env: Mapping[str, str]) -> str:
    """Without what looks like credentials, and without the secrets of `env`."""
    for name, value in env.items():
        if SECRET.search(name) and len(value) >= 8:
            text = text.replace(value, "<redacted>")
    for pattern, instead in CREDENTIALS:
        text = pattern.sub(instead, text)
    return text


WORDS: Mapping[str, re.Pattern[str]] = {
    "aws_securityhub_configuration_policy_association": re.compile(
        r"Configuration Policy Association \(\S+\) success: unexpected state 'FAILED'"
    ),
    "aws_securityhub_organization_configuration": re.compile(
        r"Organization Configuration \(\S+\) enable: timeout while waiting .*'PENDING'"
    ),
}
"""By type, how the provider says it."""

NOT_TAINTED = "is not currently tainted"


def unfinished(errors: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The resources that are as they should be in the state, whatever the provider says."""
    return tuple(error.address for error in errors if _is_unfinished(error))


def _is_unfinished(error: Diagnostic) -> bool:
    kinds = (kind for kind in WORDS if f".{kind}." in f".{error.address}.")
    said = " ".join(f"{error.summary} {error.detail}".split())
    return any(WORDS[kind].search(said) for kind in kinds)
