"""moto itself, as the innermost layer: whatever it cannot do is answered with a named error."""

from __future__ import annotations

import io
import logging
import traceback
from functools import cache

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from orchestrator.sandbox.answers import error, not_implemented
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Headers

log = logging.getLogger(__name__)

ABSENT = "'NoneType' object has no attribute 'replace'"
"""What moto's dispatcher stumbles over when it has no such service."""


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """moto's own lists a folder of 180 services to find one of them, for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._found = cache(super().get_backend_for_host)

    def get_backend_for_host(self, host: str | None) -> object:
        return self._found(host)


def backend() -> Handle:
    """Hand each request to moto."""
    application = Dispatcher()

    def handle(exchange: Exchange) -> Answer:
        exchange.environ["wsgi.input"] = io.BytesIO(exchange.body)
        started: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _: object = None) -> None:
            started.append((status, headers))

        try:
            body = b"".join(application(exchange.environ, start_response))
        except NotImplementedError as missing:
            return not_implemented(exchange.call, str(missing))
        except Exception as bug:  # noqa: BLE001  one service's bug is not the sandbox's end
            return _bug(exchange, bug)
        status, headers = started[-1]
        return _named(exchange, Answer(int(status.split(" ", 1)[0]), headers, body))

    return handle


def _named(exchange: Exchange, answer: Answer) -> Answer:
    """A page of HTML, or nothing at all, comes from a router that has no such path."""
    page = answer.status >= 400 and answer.body[:15].lower() == b"<!doctype html>"
    empty = answer.status == 404 and not answer.body and exchange.call.service not in ("s3", "")
    return not_implemented(exchange.call) if page or empty else answer


def _bug(exchange: Exchange, bug: Exception) -> Answer:
    """Answered with a 400: the same request would fail in the same way again."""
    if ABSENT in str(bug):
        return not_implemented(exchange.call, "no such service")
    call = exchange.call
    log.error("%s:%s failed\n%s", call.service, call.operation, traceback.format_exc())
    text = f"{call.service}:{call.operation}: {type(bug).__name__}: {bug}"
    return error(call, 400, "SandboxInternalError", text)
