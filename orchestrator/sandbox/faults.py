"""Faults put in at run time: throttling, errors, refusals and latency, per call and account."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from orchestrator.errors import UsageError
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, denied, error


class FaultKind(StrEnum):
    THROTTLE = "throttle"
    ERROR = "error"
    LATENCY = "latency"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Fault:
    """`service` and `operation` are globs over botocore's names; `rate` is from 0 to 1.

    `detail` is the error code of an error, and the seconds of a latency. `account` is an id; ''
    is every account.
    """

    service: str
    operation: str
    kind: FaultKind
    rate: float
    detail: str = ""
    account: str = ""

    def concerns(self, call: Call, account: str = "") -> bool:
        if self.account and self.account != account:
            return False
        service, operation = self.service.lower(), self.operation.lower()
        names = (call.service.lower(), call.prefix.lower())
        return any(fnmatchcase(name, service) for name in names) and fnmatchcase(
            call.operation.lower(), operation
        )

    def __str__(self) -> str:
        parts = [self.service, self.operation, self.kind, f"{self.rate:g}", self.detail]
        where = f"{self.account}@" if self.account else ""
        return where + ":".join(parts).rstrip(":")


def parse(text: str) -> Fault:
    """Read '[account@]service:operation:kind:rate[:detail]': 'securityhub:*:throttle:0.1'."""
    account, _, rule = text.rpartition("@")
    parts = rule.split(":", 4)
    fix = "write [account@]service:operation:kind:rate[:detail], e.g. 'securityhub:*:throttle:0.1'"
    if len(parts) < 4 or parts[2] not in list(FaultKind):
        raise UsageError(f"fault '{text}': kind is none of {', '.join(FaultKind)}", fix)
    try:
        rate, detail = float(parts[3]), (parts[4] if len(parts) == 5 else "")
        float(detail or "0") if parts[2] == FaultKind.LATENCY else None
    except ValueError:
        raise UsageError(f"fault '{text}': rate or seconds is not a number", fix) from None
    if not 0 <= rate <= 1:
        raise UsageError(f"fault '{text}': rate {rate:g} is not between 0 and 1", fix)
    return Fault(parts[0], parts[1], FaultKind(parts[2]), rate, detail, account)


@dataclass(slots=True)
class Faults:
    """The faults in force. `seed` makes the same requests fail in every run."""

    rules: Sequence[Fault] = ()
    seed: int = 0
    _random: random.Random = field(default_factory=random.Random)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.replace(self.rules, self.seed)

    def replace(self, rules: Sequence[Fault], seed: int) -> None:
        """Put `rules` in force instead of all others, and begin the dice anew."""
        with self._lock:
            self.rules, self.seed = tuple(rules), seed
            self._random.seed(seed)

    def drawn(self, call: Call, account: str = "") -> list[Fault]:
        """The faults that hit this call, made by somebody in `account`."""
        if not self.rules:
            return []
        with self._lock:
            concerned = [rule for rule in self.rules if rule.concerns(call, account)]
            return [rule for rule in concerned if self._random.random() < rule.rate]


def faults(inner: Handle, rules: Faults, sleep: Callable[[float], None] = time.sleep) -> Handle:
    """Let some requests wait, and some fail before the service sees them."""

    def handle(exchange: Exchange) -> Answer:
        account = exchange.principal.account_id if exchange.principal else ""
        for fault in rules.drawn(exchange.call, account):
            if fault.kind is FaultKind.LATENCY:
                sleep(float(fault.detail or "1"))
            else:
                return answer(exchange.call, fault)
        return inner(exchange)

    return handle


def answer(call: Call, fault: Fault) -> Answer:
    """The error AWS gives: throttling and outages look different in every protocol."""
    if fault.kind is FaultKind.DENY:
        return denied(call, "Access denied, as the sandbox was told to answer.")
    if fault.kind is FaultKind.ERROR:
        codes = {"s3": "InternalError", "ec2": "InternalError"}
        code = fault.detail or codes.get(call.service, "InternalFailure")
        return error(call, 500, code, "We encountered an internal error. Please try again.")
    if call.service == "s3":
        return error(call, 503, "SlowDown", "Please reduce your request rate.")
    if call.protocol == "ec2":
        return error(call, 503, "RequestLimitExceeded", "Request limit exceeded.")
    if call.protocol == "query":
        return error(call, 400, "Throttling", "Rate exceeded")
    status = 429 if call.protocol == "rest-json" else 400
    return error(call, status, "ThrottlingException", "Rate exceeded")
