"""The layer that refuses what AWS refuses, after the caller's policies had their say."""

from __future__ import annotations

import logging

from orchestrator.sandbox.answers import error
from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle
from orchestrator.sandbox.operations import protocol
from orchestrator.sandbox.refusals.codes import MALFORMED, refusal
from orchestrator.sandbox.refusals.reading import UNREADABLE, read
from orchestrator.sandbox.refusals.refused import Asked, Refused
from orchestrator.sandbox.refusals.rules import RULES
from orchestrator.sandbox.refusals.shapes import check_of

log = logging.getLogger(__name__)


def refusals(inner: Handle) -> Handle:
    """Hold each request against its model and the rules of its operation; refuse, or go on."""

    def handle(exchange: Exchange) -> Answer:
        call = exchange.call
        if not call.operation or not protocol(call.service):
            return inner(exchange)
        refused = judged(exchange)
        if refused is None:
            return inner(exchange)
        return error(call, refused.status, refused.code, refused.message)

    return handle


def judged(exchange: Exchange) -> Refused | None:
    """Why AWS refuses the request; None where nothing is wrong with it."""
    call = exchange.call
    check = check_of(call.service, call.operation)
    rules = RULES.get(call.service, {}).get(call.operation, ())
    if check is None and not rules:
        return None
    try:
        params = read(exchange)
    except UNREADABLE as unreadable:
        return _unreadable(call, unreadable)
    violations = list(check(params, "")) if check else []
    if violations:
        return refusal(call, violations)
    who = exchange.principal
    account_id, caller = (who.account_id, who.identity) if who else ("", "")
    asked = Asked(call.service, call.operation, params, account_id, call.region, caller)
    return next((refused for rule in rules for refused in rule(asked)), None)


def _unreadable(call: Call, why: Exception) -> Refused:
    log.warning("%s:%s could not be read: %s", call.service, call.operation, why)
    return Refused(MALFORMED[call.protocol], f"the request could not be read: {why}")
