"""The layer that writes down every request: who did what, where, and what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from orchestrator.sandbox.exchange import Answer, Exchange, Handle
from orchestrator.sandbox.operations import parameters, resolve

Entry = dict[str, object]
Note = Callable[[Exchange, Answer, datetime], None]
SECRET = re.compile(r"secret|password|token$|plaintext|privatekey|authorization", re.IGNORECASE)
HARMLESS = frozenset({"NextToken", "nextToken", "ClientToken", "ClientRequestToken", "SecretId"})
XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")
JSON_CODE = re.compile(rb'"(?:__type|Code|code)"\s*:\s*"([^"]+)"')
LONGEST = 2048


def recorder(inner: Handle, write: Callable[[Entry], None], note: Note = lambda *_: None) -> Handle:
    """Resolve the call, let the inner layers answer it, write one entry, and note call and answer.

    `note` is CloudTrail's, which keeps more of a call than the journal does.
    """

    def handle(exchange: Exchange) -> Answer:
        started = time.time()
        exchange.call = resolve(exchange)
        exchange.parameters = parameters(exchange)
        answer = inner(exchange)
        write(_entry(exchange, answer, started))
        note(exchange, answer, datetime.fromtimestamp(started, UTC))
        return answer

    return handle


def _entry(exchange: Exchange, answer: Answer, started: float) -> Entry:
    principal, call = exchange.principal, exchange.call
    entry: Entry = {
        "time": datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds"),
        "account": principal.account_id if principal else "",
        "region": call.region,
        "service": call.service,
        "operation": call.operation,
        "principal": principal.arn if principal else "",
        "role": principal.identity if principal else "",
        "key": principal.access_key_id if principal else "",
        "parameters": redacted(exchange.parameters),
        "status": answer.status,
        "error": answer.code or _code(answer),
        "agent": exchange.text("HTTP_USER_AGENT"),
        "seconds": round(time.time() - started, 4),
    }
    if exchange.action:
        entry |= {"action": exchange.action, "resource": exchange.resource or "*"}
        entry |= {} if exchange.allowed is None else {"allowed": exchange.allowed}
    if len(exchange.needs) > 1 or any(need.keys for need in exchange.needs):
        entry["needs"] = [[n.action, n.resource, redacted(n.keys)] for n in exchange.needs]
    if exchange.refused:
        entry["refused"] = exchange.refused.action
    if not call.operation:
        entry["path"] = f"{exchange.text('REQUEST_METHOD')} {exchange.text('PATH_INFO')}"
    return entry


def redacted(value: object, name: str = "") -> object:
    """The same, with everything that looks secret blotted out, and long texts cut."""
    if name and name not in HARMLESS and SECRET.search(name):
        return "(redacted)"
    if isinstance(value, Mapping):
        return {key: redacted(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner) for inner in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    return value


def _code(answer: Answer) -> str:
    if answer.status < 400:
        return ""
    for name, value in answer.headers:
        if name.lower() == "x-amzn-errortype":
            return value.partition(":")[0]
    match = XML_CODE.search(answer.body) or JSON_CODE.search(answer.body)
    return match[1].decode("utf-8", "replace").rpartition("#")[2] if match else str(answer.status)
