"""Terraform's errors: read without boxes, colours and secrets, and raised as errors of ours.

They say whether it was AWS that said no, and whether the same may go well another time.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.capacity import is_throttling
from orchestrator.adapters.process import SECRET, Completed, Ending
from orchestrator.adapters.terraform.releases import this_platform
from orchestrator.errors import (
    Interrupted,
    LeaseLost,
    OrchestratorError,
    PlanChanged,
    TerraformDenied,
    TerraformFailed,
    Transient,
)

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
    """The resources that are right in the state, although the provider reports an error."""
    return tuple(error.address for error in errors if _is_unfinished(error))


def _is_unfinished(error: Diagnostic) -> bool:
    kinds = (kind for kind in WORDS if f".{kind}." in f".{error.address}.")
    said = " ".join(f"{error.summary} {error.detail}".split())
    return any(WORDS[kind].search(said) for kind in kinds)


LOCK_FILE_LACKS = (
    "doesn't match any of the checksums",
    "does not match any of the checksums",
    "Provider dependency changes detected",
)
LOCK_ID = re.compile(r"^\s*ID:\s+([0-9a-fA-F-]{36})\s*$", re.MULTILINE)
LOCK_WHO = re.compile(r"^\s*Who:\s+(\S.*?)\s*$", re.MULTILINE)
LOCK_SINCE = re.compile(r"^\s*Created:\s+(\S+ [0-9:]{8})", re.MULTILINE)
NO_STATE = ("state file could not be parsed", "Unsupported state file format", "is not valid JSON")
NOT_LOCKED = "Error acquiring the state lock"
NO_SCHEMA = ("no schema available for", "no schema found for", "does not support resource type")


def explain(ended: Completed, folder: Path, env: Mapping[str, str]) -> OrchestratorError:
    """Why it failed, in Terraform's words, and the way out where we know one."""
    found = errors(ended.stdout, ended.stderr)
    if any(error.summary == STALE for error in found):
        return PlanChanged(f"{folder}: the state has changed since the plan was made", "plan again")
    text = _ending(ended) + redact(_text(found, ended), env)
    kind = TerraformDenied if any(error.denied for error in found) else TerraformFailed
    failed = kind(ended.argv, folder, ended.code, text, _fix(text, folder))
    failed.transient = _transient(text, found, ended)
    failed.unfinished = unfinished(found)
    failed.nothing_else = bool(found) and len(failed.unfinished) == len(found)
    failed.holder = _holder(text) if NOT_LOCKED in text else ""
    return failed


def _transient(text: str, found: tuple[Diagnostic, ...], ended: Completed) -> Transient | None:
    """Whether every one of its errors may be gone another time. One that stays, stays."""
    if ended.ending is not Ending.EXITED:
        return None
    if NOT_LOCKED in text:
        return Transient.LOCKED
    kinds = {error.transient for error in found}
    return max(kinds, default=None, key=str) if None not in kinds else None


def lacks_schema(ended: Completed) -> bool:
    """Whether a state held a type that Terraform was not told of; nothing was done then."""
    said = " ".join(plain(ended.stdout + ended.stderr).split())
    return any(sentence in said for sentence in NO_SCHEMA)


def interrupted(ended: Completed, folder: Path) -> Interrupted | LeaseLost:
    what = f"{folder}: terraform {ended.argv[1]} was interrupted{_killed(ended)}"
    return LeaseLost(what) if ended.ending is Ending.FENCED else Interrupted(what)


def _text(found: tuple[Diagnostic, ...], ended: Completed) -> str:
    said = "\n".join(map(str, found)) or plain(ended.stdout) or "it said nothing"
    return said if len(said) <= LONGEST else f"…{said[-LONGEST:]}"


def _ending(ended: Completed) -> str:
    if ended.ending is not Ending.TIMED_OUT:
        return ""
    return f"took more than its time and was stopped after {ended.seconds:.0f} s{_killed(ended)}\n"


def _killed(ended: Completed) -> str:
    """Terraform that is killed cannot release the lock."""
    if ended.code in (-signal.SIGTERM, -signal.SIGKILL):
        return ", had to be killed, and may have left the state locked"
    return ""


def _fix(text: str, folder: Path) -> str:
    if any(sentence in " ".join(text.split()) for sentence in LOCK_FILE_LACKS):
        platform = this_platform()
        return (
            f"the lock file lacks the provider's hash for {platform}: in terraform/, run "
            f"'terraform providers lock -platform={platform}' and commit the lock file"
        )
    if NOT_LOCKED in text:
        stack, lock = "/".join(folder.parts[-2:]), LOCK_ID.search(text)
        unlock = f"orchestrator state unlock {stack} {lock[1] if lock else '<ID>'}"
        return f"wait for the other run; if no run works there any more: {unlock}"
    if any(sentence in " ".join(text.split()) for sentence in NO_STATE):
        stack = "/".join(folder.parts[-2:])
        return f"see which versions of the state are good: orchestrator state versions {stack}"
    return ""


def _holder(text: str) -> str:
    """Source: Terraform, internal/states/statemgr/locker.go, LockInfo.String."""
    who, since = LOCK_WHO.search(text), LOCK_SINCE.search(text)
    return f" by {who[1]} since {since[1]}" if who and since else ""
