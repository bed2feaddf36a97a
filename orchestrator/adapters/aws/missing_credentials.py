"""Credentials that do not come: whose they were to be, by which file, and what would bring them.

What goes wrong in botocore's chain is raised as whatever it met: a tool that is not there is a
FileNotFoundError, one that prints something else than JSON a ValueError. All of it is the caller's
surroundings, none of it a bug of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    InfiniteLoopConfigError,
    NoCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
NO_CREDENTIALS = (
    "set AWS_PROFILE, or log in the way your organization does, and try again; if the sandbox is "
    "meant, say --sandbox before the command"
)
NETWORK = "check the network, proxy and endpoint settings, and try again"
CLOCK = "set this machine's clock by NTP, and try again: AWS takes five minutes at most"
SECRET = re.compile(r"[A-Za-z0-9/+=]{16,}")
SHOWN = 80
SHAPELESS = (AttributeError, KeyError, TypeError)
EXPECTED = (ClientError, BotoCoreError, OSError, ValueError, EOFError, *SHAPELESS)
"""All that has been seen to come out of botocore's chain, MFA's prompt and a file's parser."""


class NoTerminal(EOFError):
    """A profile asks for an MFA code, and no person is there to give one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the caller's credentials were to come from."""

    profile: str
    file: str
    shared: str
    token: str = ""
    """A web identity's file."""

    def __str__(self) -> str:
        return f"profile '{self.profile}' of {self.file}"


def source(environment: Mapping[str, str]) -> Source:
    profile = next(filter(None, map(environment.get, PROFILES)), None)
    return Source(
        profile or "default",
        environment.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
        environment.get("AWS_WEB_IDENTITY_TOKEN_FILE") or "",
    )


Words = tuple[str, str]
"""Cause and remedy, each one line."""


def why(error: BaseException, of: Source) -> Words:
    """What `error`, raised on the way to the credentials of `of`, means and asks for."""
    for kinds, words in KINDS.items():
        if isinstance(error, kinds):
            return words(error, of)
    return f"{of}: {_line(error)}", f"correct {of.file}, or name another profile: AWS_PROFILE"


def _sign_in(error: Any, of: Source) -> Words:
    return f"the sign-in of {of} has run out: {_line(error)}", _login(of)


def _login(of: Source) -> str:
    return f"run: aws sso login --profile {of.profile}"


def _unknown(error: Any, of: Source) -> Words:
    what = f"{_line(error)}: not in {of.file}, not in {of.shared}"
    return what, "choose one that `aws configure list-profiles` shows, and set AWS_PROFILE to it"


def _loop(error: Any, of: Source) -> Words:
    fix = f"give one of them keys, or another source_profile, in {of.file}"
    return f"{of}: its source profiles lead back to itself: {_line(error)}", fix


def _mfa(_: Any, of: Source) -> Words:
    fix = "run it in a terminal, or sign in before by a way that needs no code, and set AWS_PROFILE"
    return f"{of} asks for an MFA code, and there is no terminal to ask in", fix


def _printed(error: Any, of: Source) -> Words:
    said = SECRET.sub("…", error.doc.strip().partition("\n")[0])[:SHOWN]
    shown = f"printed '{said}', which is not JSON" if said else "printed nothing"
    return f"credential_process of {of} {shown}", f"run that command by hand, or correct {of.file}"


def _shapeless(_: Any, of: Source) -> Words:
    what = f"credential_process of {of} printed JSON that holds no credentials"
    return what, f"run that command by hand, or correct {of.file}"


def _process(error: Any, of: Source) -> Words:
    if of.token and "web" in str(error.kwargs.get("provider", "")):
        return (
            f"{of.token}: {_line(error)}",
            "renew the token, or unset AWS_WEB_IDENTITY_TOKEN_FILE",
        )
    return f"{of}: {_line(error)}", f"run its command by hand, or sign in again; see {of.file}"


def _file(error: Any, of: Source) -> Words:
    name = str(error.filename or "")
    if of.token and name == of.token:
        fix = "write a token there, or unset AWS_WEB_IDENTITY_TOKEN_FILE"
        return f"the web identity token {name} cannot be read: {error.strerror}", fix
    fix = f"install it, or correct {of.file}"
    return f"credential_process of {of}: '{name}': {error.strerror}", fix


def _malformed(error: Any, of: Source) -> Words:
    at = error.kwargs.get("path", of.file)
    return f"{at} cannot be read: {_line(error)}", f"correct {at}{_bad_line(str(at))}"


def _bad_line(path: str) -> str:
    """The first line that is neither a section, a setting, a remark nor empty."""
    with suppress(OSError, UnicodeDecodeError):
        for number, text in enumerate(Path(path).expanduser().read_text("utf-8").splitlines(), 1):
            bare = text.strip()
            if bare and not re.match(r"\[.+\]|[#;]|[^=\[]+=", bare):
                return f" in line {number}"
    return ""


def _asked(error: Any, of: Source) -> Words:
    details = error.response.get("Error", {})
    code, call = str(details.get("Code", "")), error.operation_name
    said = f"{of}: {call} was refused: {code}: {_short(str(details.get('Message', '')))}"
    fix = remedy(code, said, of)
    return said, fix or f"check role_arn, source_profile and the role's trust policy; see {of.file}"


def remedy(code: str, message: str, of: Source) -> str:
    """What helps when AWS takes the caller's own keys for too old, or for nobody's; '' if not."""
    if code in SKEWED or SKEWED_SIGNATURE.search(message):
        return CLOCK
    if code in RUN_OUT:
        return f"sign in again: for SSO {_login(of).removeprefix('run: ')}; or renew the keys"
    if code in NOBODYS:
        return (
            f"these keys are no longer, or mistyped: see {of}, AWS_ACCESS_KEY_ID, and renew them; "
            "or the region is not enabled for the account: 'orchestrator preflight' says so"
        )
    return ""


SKEWED_SIGNATURE = re.compile(r"Signature (expired|not yet current)")
SKEWED = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture"})
RUN_OUT = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
        *("UnauthorizedException", "InvalidGrantException", "ExpiredTokenException"),
    }
)
NOBODYS = frozenset(
    {
        *("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"),
        *("SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidSignatureException"),
        *("InvalidToken", "IncompleteSignature", "MissingAuthenticationToken"),
    }
)
"""Source: AWS Security Token Service API Reference, "Common error types"; S3 "Error responses"."""


def _short(text: str) -> str:
    return " ".join(text.split())[:300]


def _line(error: BaseException) -> str:
    return _short(str(error)) or type(error).__name__


KINDS: Mapping[type[BaseException] | tuple[type[BaseException], ...], Callable[..., Words]] = {
    NoCredentialsError: lambda error, _: (_line(error), NO_CREDENTIALS),
    ProfileNotFound: _unknown,
    (SSOError, TokenRetrievalError): _sign_in,
    InfiniteLoopConfigError: _loop,
    (NoTerminal, RefreshWithMFAUnsupportedError, EOFError): _mfa,
    CredentialRetrievalError: _process,
    ConfigParseError: _malformed,
    json.JSONDecodeError: _printed,
    SHAPELESS: _shapeless,
    ClientError: _asked,
    (ConnectionError, HTTPClientError): lambda error, of: (f"{of}: {_line(error)}", NETWORK),
    OSError: _file,
}
"""The first that fits."""
