"""The sandbox's process, and its layers: `python -m orchestrator.sandbox.server --home DIR`.

DIR holds fleet.json, the organization to begin with. The process writes sandbox.json there once
it answers, and requests.jsonl. `lifecycle` starts it, with the environment that moto reads.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from orchestrator.sandbox import backend, delays, handover, services
from orchestrator.sandbox.admission import admission, federation
from orchestrator.sandbox.authorization import authorization
from orchestrator.sandbox.backend import Key, innermost, new_key, reset, seed
from orchestrator.sandbox.callers import identity
from orchestrator.sandbox.control import Controls, control
from orchestrator.sandbox.data_access import bucket_named
from orchestrator.sandbox.delays import DELAYS, Failure
from orchestrator.sandbox.encryption import encryption
from orchestrator.sandbox.exchange import (
    Answer,
    Call,
    Environ,
    Exchange,
    Handle,
    error,
    not_enabled,
    plain,
)
from orchestrator.sandbox.faults import Fault, Faults, faults, parse
from orchestrator.sandbox.fleet import Fleet, from_json
from orchestrator.sandbox.http_server import Application, Server, StartResponse
from orchestrator.sandbox.journal import LIMIT, Journal
from orchestrator.sandbox.lifecycle import FLEET, State, environment
from orchestrator.sandbox.operations import hosts, scope
from orchestrator.sandbox.recorder import recorder
from orchestrator.sandbox.refusals.layer import refusals
from orchestrator.sandbox.services import cloudwatch, events, organizations, sns, sts
from orchestrator.sandbox.services.account import is_enabled
from orchestrator.sandbox.trail import archive
from orchestrator.sandbox.trail.delivery import Delivery, announce

ANYWHERE = frozenset({"CreateBucket", "GetBucketLocation", "ListBuckets"})
"""Answered whatever region the bucket is in. Source: Amazon S3 API Reference, of each."""


def regions(inner: Handle) -> Handle:
    """Refuse whoever is not known in a region, and send on who asks for a bucket elsewhere."""

    def handle(exchange: Exchange) -> Answer:
        call, principal = exchange.call, exchange.principal
        if principal is None:
            return inner(exchange)
        if not is_enabled(principal.account_id, call.region):
            return not_enabled(call, session=principal.is_role)
        elsewhere = _elsewhere(exchange)
        if elsewhere:
            return _redirect(call, str(exchange.parameters["Bucket"]), elsewhere)
        return inner(exchange)

    return handle


def _elsewhere(exchange: Exchange) -> str:
    """The region of the bucket, if it is another one than the request was signed for.

    S3's old form of signing names none.
    """
    call, (_, signed, _) = exchange.call, scope(exchange)
    if call.service != "s3" or call.operation in ANYWHERE or not call.operation or not signed:
        return ""
    bucket = bucket_named(str(exchange.parameters.get("Bucket", "")))
    region = str(bucket.region_name) if bucket is not None else call.region
    return "" if region == call.region else region


def _redirect(call: Call, bucket: str, region: str) -> Answer:
    """Source: Amazon S3 User Guide, "Making requests over REST API", "Request redirection"; API
    Reference, PermanentRedirect. SDKs for Python follow by themselves, those for Go do not.
    """
    text = "The bucket you are attempting to access must be addressed using the specified endpoint."
    text += " Please send all future requests to this endpoint."
    answer = error(call, 301, "PermanentRedirect", text)
    endpoint = f"<Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket>"
    body = answer.body.replace(b"<RequestId>", f"{endpoint}<RequestId>".encode())
    return replace(answer, headers=[*answer.headers, ("x-amz-bucket-region", region)], body=body)


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox behaves. `journal_bytes` is the size at which the request log is turned."""

    faults: tuple[Fault, ...] = ()
    seed: int = 0
    journal_bytes: int = field(default=LIMIT)
    delays: Mapping[str, float] = field(default_factory=dict)
    failing: tuple[Failure, ...] = ()


def build(home: Path, fleet: Fleet, key: Key, options: Options) -> Application:
    """A local AWS as a WSGI application, with `fleet` in it and its request log in `home`.

    From the outside in: control, delays, hosts, recorder, federation, identity, regions,
    admission, authorization, faults, refusals, encryption, moto.
    """
    services.install()
    organizations.install()
    sts.install()
    seed(fleet, key)
    DELAYS.forget()
    DELAYS.own, DELAYS.failing = options.delays, options.failing
    journal = Journal(home, options.journal_bytes)
    handover.listen(journal.write)
    rules = Faults(options.faults, options.seed)
    moto = innermost()
    allowed = authorization(faults(refusals(encryption(moto)), rules))
    trail = Delivery(home)
    archive.install(trail.flush)

    def note(exchange: Exchange, answer: Answer, time: datetime) -> None:
        trail.note(exchange, answer, time)
        announce(exchange, answer, time)

    entered = federation(identity(regions(admission(allowed))), moto)
    recorded = hosts(recorder(entered, journal.write, note))

    def forget() -> None:
        trail.forget()
        reset(fleet, key)
        DELAYS.forget()

    def tick() -> int:
        due = events.tick()
        cloudwatch.tick()
        return due

    controls = Controls(
        rules,
        DELAYS,
        forget,
        sts.expire_all,
        sns.messages,
        tick,
        cloudwatch.tick,
        trail.flush,
        sns.confirm_all,
    )
    return wsgi(control(settled(recorded), controls))


def settled(inner: Handle) -> Handle:
    """What is due comes about before the request that could see it."""

    def handle(exchange: Exchange) -> Answer:
        DELAYS.settle()
        return inner(exchange)

    return handle


def wsgi(handle: Handle) -> Application:
    """The layers as PEP 3333 wants them."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        stream = environ["wsgi.input"]
        exchange = Exchange(environ, cast("bytes", stream.read()))  # type: ignore[attr-defined]
        try:
            answer = handle(exchange)
        except Exception as bug:
            log.exception("a layer of the sandbox failed")
            answer = plain(400, "SandboxInternalError", f"{type(bug).__name__}: {bug}")
        start_response(str(answer.status), answer.headers)
        return [answer.body]

    return application


def main(argv: list[str]) -> int:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # moto warns of every error that AWS's own model does not list, such as AccessDenied.
    warnings.simplefilter("ignore")
    arguments = _arguments(argv)
    home: Path = arguments.home
    fleet = from_json((home / FLEET).read_text(encoding="utf-8"))
    backend.save_memory()
    key = new_key(fleet.management_id)
    server = Server(_listener(arguments), build(home, fleet, key, _options(arguments)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    variables = environment(server.port, key.id, key.secret, fleet.region)
    State(os.getpid(), server.port, variables).write(home)
    # What is there now stays for good: the collector need not look at it again.
    gc.freeze()
    server.serve_forever()
    return 0


def _listener(arguments: argparse.Namespace) -> socket.socket:
    if arguments.fd is not None:
        return socket.socket(fileno=arguments.fd)
    return socket.create_server(("127.0.0.1", arguments.port), backlog=1024)


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        faults=tuple(parse(text) for text in arguments.fault),
        seed=arguments.seed,
        journal_bytes=arguments.journal_bytes,
        delays=delays.seconds(arguments.delay),
        failing=tuple(delays.failure(text) for text in arguments.fail),
    )


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="orchestrator.sandbox.server")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fd", type=int, help="a socket that listens already, instead of a port")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--delay", action="append", default=[])
    parser.add_argument("--fail", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--journal-bytes", type=int, default=LIMIT)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
