"""A command that did not succeed, as the error to raise."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from pathlib import Path

from orchestrator.adapters.process import Completed, Ending
from orchestrator.adapters.terraform.diagnostics import (
    LONGEST,
    STALE,
    Diagnostic,
    errors,
    plain,
    redact,
    unfinished,
)
from orchestrator.adapters.terraform.download import this_platform
from orchestrator.errors import (
    Interrupted,
    OrchestratorError,
    PlanChanged,
    TerraformDenied,
    TerraformFailed,
)
from orchestrator.model.transient import Transient

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


def interrupted(ended: Completed, folder: Path) -> Interrupted:
    return Interrupted(f"{folder}: terraform {ended.argv[1]} was interrupted{_killed(ended)}")


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
