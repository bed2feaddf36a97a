"""moto itself, as the innermost layer: whatever it cannot do is answered with a named error."""

from __future__ import annotations

import io
import logging
import threading
import traceback
from functools import cache

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from orchestrator.sandbox.answers import error, not_implemented
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, Headers

log = logging.getLogger(__name__)

CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"})
CHANGED = "changed size during iteration"
ATTEMPTS = 5

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
    one_at_a_time = threading.Lock()

    def handle(exchange: Exchange) -> Answer:
        """A conditional write is a check and a write: state locks need them to be one step."""
        try:
            if not CONDITIONS.isdisjoint(exchange.environ):
                with one_at_a_time:
                    return _named(exchange, _calm(application, exchange))
            return _named(exchange, _calm(application, exchange))
        except NotImplementedError as missing:
            return not_implemented(exchange.call, str(missing))
        except Exception as bug:  # noqa: BLE001  one service's bug is not the sandbox's end
            return _bug(exchange, bug)

    return handle


def _calm(application: Dispatcher, exchange: Exchange) -> Answer:
    """moto walks over dictionaries that other threads add to; then it is asked again."""
    for _ in range(ATTEMPTS):
        try:
            return _answered(application, exchange)
        except RuntimeError as error:
            if CHANGED not in str(error):
                raise
    return _answered(application, exchange)


def _answered(application: Dispatcher, exchange: Exchange) -> Answer:
    environ = {**exchange.environ, "wsgi.input": io.BytesIO(exchange.body)}
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, _: object = None) -> None:
        started.append((status, headers))

    body = b"".join(application(environ, start_response))
    status, headers = started[-1]
    return Answer(int(status.split(" ", 1)[0]), headers, body)


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
