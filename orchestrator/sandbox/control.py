"""The sandbox's own endpoints, below /_sandbox/; they need no key.

health: who is answering. reset: forget everything but the fleet. faults: GET, PUT or DELETE.
expire: the keys of every role that was assumed so far end now. messages: what topics were told.
confirm: everybody who was asked whether to subscribe to a topic says yes.
delays: GET, PUT or DELETE what is late, and what fails. advance: so many seconds pass at once.
tick: every schedule comes due once, and a period of every alarm ends. period: the latter alone.
trail: records of calls are delivered to trails and lakes now.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from orchestrator.errors import UsageError
from orchestrator.sandbox import delays
from orchestrator.sandbox.exchange import Answer, Exchange, Handle, plain
from orchestrator.sandbox.faults import Faults, parse

PREFIX = "/_sandbox/"


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be done to a running sandbox from outside."""

    faults: Faults
    delays: delays.Delays
    reset: Callable[[], None]
    expire: Callable[[], int]
    messages: Callable[[], Sequence[Mapping[str, object]]]
    tick: Callable[[], int]
    period: Callable[[], None]
    deliver: Callable[[], int]
    confirm: Callable[[], int]


def control(inner: Handle, controls: Controls) -> Handle:
    """Answer the sandbox's own endpoints; hand everything else on."""
    endpoints: dict[str, Callable[[Exchange], object]] = {
        "health": lambda _: {"status": "ok", "pid": os.getpid()},
        "reset": lambda _: _reset(controls),
        "expire": lambda _: {"expired": controls.expire()},
        "messages": lambda _: {"messages": list(controls.messages())},
        "confirm": lambda _: {"confirmed": controls.confirm()},
        "tick": lambda _: {"due": controls.tick()},
        "period": lambda _: controls.period(),
        "trail": lambda _: {"delivered": controls.deliver()},
        "advance": lambda exchange: {"left": controls.delays.advance(_seconds(exchange))},
        "delays": lambda exchange: _delays(exchange, controls.delays),
        "faults": lambda exchange: _faults(exchange, controls.faults),
    }

    def handle(exchange: Exchange) -> Answer:
        path = exchange.text("PATH_INFO")
        if path.startswith("/moto-api"):
            return plain(404, "SandboxUnknownPath", f"use {PREFIX}, not {path}")
        if not path.startswith(PREFIX):
            return inner(exchange)
        endpoint = endpoints.get(path.removeprefix(PREFIX))
        if endpoint is None:
            return plain(404, "SandboxUnknownPath", f"{path} is none of {', '.join(endpoints)}")
        try:
            return _answer(endpoint(exchange))
        except (UsageError, ValueError, KeyError) as error:
            return plain(400, "SandboxBadRequest", str(error))

    return handle


def _answer(value: object) -> Answer:
    return Answer(200, [("Content-Type", "application/json")], json.dumps(value).encode())


def _reset(controls: Controls) -> object:
    controls.reset()
    controls.faults.replace((), 0)
    return {"status": "reset"}


def _faults(exchange: Exchange, faults: Faults) -> object:
    """PUT {"faults": ["s3:*:throttle:0.1"], "seed": 7} replaces all; DELETE ends all."""
    method = exchange.text("REQUEST_METHOD")
    if method in ("PUT", "POST"):
        wanted = json.loads(exchange.body)
        faults.replace([parse(text) for text in wanted["faults"]], int(wanted.get("seed", 0)))
    elif method == "DELETE":
        faults.replace((), 0)
    return {"faults": [asdict(rule) for rule in faults.rules], "seed": faults.seed}


def _delays(exchange: Exchange, known: delays.Delays) -> object:
    """PUT {"seconds": ["association=5"], "failing": ["account:new=why"]}; DELETE ends both."""
    method = exchange.text("REQUEST_METHOD")
    if method in ("PUT", "POST"):
        wanted = json.loads(exchange.body)
        known.given = delays.seconds(wanted.get("seconds", ()))
        known.failing = [delays.failure(text) for text in wanted.get("failing", ())]
    elif method == "DELETE":
        known.given, known.failing = {}, ()
    last = {kind: known.lasts(kind) for kind in delays.SECONDS}
    return {"seconds": last, "failing": [str(each) for each in known.failing]}


def _seconds(exchange: Exchange) -> float:
    seconds = float(json.loads(exchange.body)["seconds"])
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{seconds} seconds cannot pass")
    return seconds
