"""The layers of the sandbox, put together around moto."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from orchestrator.sandbox import drops, services
from orchestrator.sandbox.admission import admission
from orchestrator.sandbox.answers import plain
from orchestrator.sandbox.authorization import authorization
from orchestrator.sandbox.backend import backend
from orchestrator.sandbox.control import Controls, control
from orchestrator.sandbox.delays import DELAYS, Failure
from orchestrator.sandbox.encryption import encryption
from orchestrator.sandbox.exchange import Answer, Environ, Exchange, Handle
from orchestrator.sandbox.faults import Fault, Faults, faults
from orchestrator.sandbox.federation import federation
from orchestrator.sandbox.fleet import Fleet
from orchestrator.sandbox.hosts import hosts
from orchestrator.sandbox.http_server import Application, StartResponse
from orchestrator.sandbox.identity import identity
from orchestrator.sandbox.journal import LIMIT, Journal
from orchestrator.sandbox.recorder import recorder
from orchestrator.sandbox.refusals.layer import refusals
from orchestrator.sandbox.regions import regions
from orchestrator.sandbox.seed import Key, reset, seed
from orchestrator.sandbox.services import cloudwatch, events, organizations, sns, sts
from orchestrator.sandbox.trail import history
from orchestrator.sandbox.trail.announcements import announce
from orchestrator.sandbox.trail.delivery import Delivery

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
    drops.listen(journal.write)
    rules = Faults(options.faults, options.seed)
    moto = backend()
    allowed = authorization(faults(refusals(encryption(moto)), rules))
    trail = Delivery(home)
    history.install(trail.flush)

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
