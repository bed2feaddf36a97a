"""How requests travel: endpoint, proxies, certificates, retries. Read from a mapping alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
)
from botocore.model import OperationModel

from orchestrator.adapters.aws.missing_credentials import NETWORK, Source, remedy, why
from orchestrator.adapters.capacity import CODES
from orchestrator.errors import AwsDenied, Transient, UsageError

ATTEMPTS = 5
SERVER_ERROR = 500
FAULT = (
    "it is a fault of AWS: try again in a few minutes; if it stays, see the AWS Health Dashboard"
)
IN_BETWEEN = (
    "something answers in AWS's place: look at HTTPS_PROXY and AWS_ENDPOINT_URL, and whether this "
    "network wants you to sign in"
)


class NotFromAws(BotoCoreError):
    """An answer that AWS does not give: of a proxy, a sign-in page, another server."""

    fmt = "the answer is not AWS's: {what}"


def only_of_aws(**event: Any) -> None:
    """botocore's hook before it reads an answer, some of which it would take for an empty one.

    Raises NotFromAws for a page, a redirect, and nothing at all where AWS would say something.
    Errors of servers are left to botocore, which tries again.
    """
    operation: OperationModel = event["operation_model"]
    answer: Mapping[str, Any] = event["response_dict"]
    status, body = answer["status_code"], answer.get("body")
    if operation.has_streaming_output or not isinstance(body, bytes):
        return
    if status in REDIRECTS:
        raise NotFromAws(what=f"a redirect (HTTP {status})")
    if status >= SERVER_ERROR:
        return
    start = body.lstrip()[:15].lower()
    if start.startswith((b"<html", b"<!doctype html")):
        raise NotFromAws(what=f"a web page (HTTP {status})")
    if status == SUCCESS and not start and _says_something(operation):
        raise NotFromAws(what="it is empty")


SUCCESS, REDIRECTS = 200, (302, 303)


def _says_something(operation: OperationModel) -> bool:
    """Whether AWS's answer has a body; headers may say all there is."""
    shape: Any = operation.output_shape
    members = shape.members.values() if shape is not None else ()
    return any("location" not in member.serialization for member in members)


class Transport(TypedDict):
    """Arguments of botocore's `create_client`."""

    endpoint_url: str | None
    verify: str | None
    config: Config


def transport(environment: Mapping[str, str], service: str, region: str) -> Transport:
    """What a client of `service` needs to reach AWS, or what stands in for it.

    botocore's own search for endpoints in the process environment is switched off; S3 keeps its
    virtual-hosted addresses. Throttling is retried with growing pauses, then reported.
    """
    specific = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
    endpoint = environment.get(specific) or environment.get("AWS_ENDPOINT_URL")
    host = urlsplit(endpoint or f"https://{service}.{region}.amazonaws.com").hostname or ""
    return {
        "endpoint_url": endpoint,
        "verify": environment.get("AWS_CA_BUNDLE"),
        "config": Config(
            proxies=_proxies(environment, host),
            retries={
                "mode": "standard",
                "total_max_attempts": _attempts(environment),
            },
            connect_timeout=10,
            read_timeout=60,
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # not in the stubs
            user_agent_extra="orchestrator",
        ),
    }


def _attempts(environment: Mapping[str, str]) -> int:
    text = environment.get("AWS_MAX_ATTEMPTS") or str(ATTEMPTS)
    if not text.isdecimal() or not int(text):
        raise UsageError(f"AWS_MAX_ATTEMPTS is '{text}'", "set it to 1 or more, or unset it")
    return int(text)


def _proxies(environment: Mapping[str, str], host: str) -> dict[str, str]:
    """An empty mapping, not None: with None, botocore would look into the process environment."""
    exempt = (name.strip().lstrip(".") for name in _either(environment, "NO_PROXY").split(","))
    if any(name == "*" or f".{host}".endswith(f".{name}") for name in exempt if name):
        return {}
    found = {scheme: _either(environment, f"{scheme}_proxy") for scheme in ("http", "https")}
    return {scheme: proxy for scheme, proxy in found.items() if proxy}


def _either(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name.lower()) or environment.get(name.upper()) or ""


class Refused(AwsDenied):
    """AWS's refusal with its error code, for those who know what a certain code means.

    `date` is what AWS calls the time of its answer, as HTTP writes it; '' if there was none.
    """

    def __init__(
        self, account: str, role: str, call: str, reason: str, code: str, date: str = ""
    ) -> None:
        super().__init__(account, role, call, reason)
        self.code, self.date = code, date


def without_credentials(account: str, role: str, error: Exception, of: Source) -> Refused:
    """No request was sent yet: the caller's own credentials did not come."""
    reason, fix = why(error, of)
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    refusal = Refused(account, role, "credentials", reason, code or type(error).__name__)
    refusal.fix = fix
    if isinstance(error, ConnectionError | HTTPClientError):
        refusal.transient = Transient.NETWORK
    return refusal


def closed(refusal: Refused, standing: str) -> Refused:
    """A role that could not be entered because its account is no longer open."""
    why = f"AWS Organizations calls the account {standing} ({refusal.reason})"
    told = Refused(refusal.account, refusal.role, refusal.call, why, refusal.code)
    told.fix = f"offboard it: orchestrator offboard {refusal.account}"
    return told


def refused(
    account: str, role: str, call: str, error: ClientError | BotoCoreError, of: Source | None = None
) -> Refused:
    """Name who asked for what, and why it was not given. `of` is where the keys came from."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code, message = str(details.get("Code", "")), str(details.get("Message", ""))
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        date = str(headers.get("date", ""))
        refusal = Refused(account, role, call, f"{code}: {message}", code, date)
        refusal.fix = (remedy(code, message, of) if of else "") or refusal.fix
        refusal.transient = Transient.THROTTLING if code in CODES else None
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= SERVER_ERROR and code not in CODES:
            refusal.fix, refusal.transient = FAULT, Transient.FAULT
        return refusal
    refusal = Refused(account, role, call, str(error), type(error).__name__)
    if isinstance(error, ConnectionError | HTTPClientError):
        refusal.transient = Transient.NETWORK
    if refusal.code == "TooLarge":
        refusal.fix = "look at what it is, and bring back an older version: orchestrator state"
    elif "Credential" not in refusal.code:
        refusal.fix = IN_BETWEEN if isinstance(error, NotFromAws) else NETWORK
    return refusal
