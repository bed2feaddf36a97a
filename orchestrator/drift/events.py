"""An event of EventBridge as the call that it tells of.

Source: EventBridge user guide, "AWS service events delivered via CloudTrail"; CloudTrail User
Guide, "CloudTrail record contents".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from orchestrator.model import drift_calls
from orchestrator.model.call_table import Calls
from orchestrator.model.drift import DriftEvent, Suspect
from orchestrator.model.names import AccountId

SSO = "AWSReservedSSO_"
"""How IAM Identity Center calls its roles; it calls the session after the person."""

Tree = Mapping[str, object]


def who(identity: Tree) -> str:
    """The person, where there is one; otherwise the service, the user or the session."""
    context = branch(identity, "sessionContext")
    role = text(branch(context, "sessionIssuer"), "userName")
    session = text(identity, "arn").rpartition("/")[2] if role else ""
    if text(identity, "type") == "Root":
        return f"root user of {text(identity, 'accountId')}"
    if person := text(context, "sourceIdentity"):
        return person
    if person := text(branch(identity, "onBehalfOf"), "userId"):
        return f"user {person} of IAM Identity Center"
    if role.startswith(SSO) and session:
        return session
    if service := text(identity, "invokedBy"):
        return service
    named = text(identity, "userName") or (f"{session} as {role}" if role else "")
    return named or text(identity, "principalId") or "an actor that the event does not name"


def text(tree: Tree, name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""


def branch(tree: Tree, name: str) -> Tree:
    value = tree.get(name)
    return value if isinstance(value, Mapping) else {}


KIND = "AWS API Call via CloudTrail"
ACCOUNT = re.compile(r"\d{12}")
SHOWN = 80


class Unreadable(ValueError):
    """A message that is no such event."""


def drift_event(body: str) -> DriftEvent | None:
    """The call; None for one that AWS refused, so that it has changed nothing.

    Raises Unreadable. Account and region are what EventBridge says of where the event comes from.
    """
    event = _mapping(body)
    detail = branch(event, "detail")
    account = text(event, "account")
    if event.get("detail-type") != KIND or not ACCOUNT.fullmatch(account):
        raise Unreadable(f"no call of CloudTrail's: {body[:SHOWN]!r}")
    if detail.get("errorCode"):
        return None
    identity = branch(detail, "userIdentity")
    service, name = _said(detail, "eventSource"), _said(detail, "eventName")
    region = text(detail, "awsRegion") or text(event, "region")
    return DriftEvent(
        _said(detail, "eventID"),
        AccountId(account),
        region,
        service,
        name,
        _time(_said(detail, "eventTime")),
        who(identity),
        text(identity, "arn"),
        text(detail, "sourceIPAddress"),
        text(branch(branch(identity, "sessionContext"), "sessionIssuer"), "arn"),
        suspect(service, name, region, branch(detail, "requestParameters")),
    )


def suspect(service: str, name: str, region: str, request: Tree) -> Suspect | None:
    """What the call may have changed; None where the table or the event does not say."""
    known = drift_calls.find(service, name)
    if known is None:
        return None
    types = frozenset(known.types)
    where = "" if service in drift_calls.GLOBAL or types <= drift_calls.EVERYWHERE else region
    if not known.by:
        return Suspect(types, region=where)
    names = frozenset(said for key in known.by for said in _names(request.get(key)))
    if not names or any(each.startswith("alias/") for each in names - _aliases(known, names)):
        return None
    return Suspect(types, names, where)


def _aliases(known: Calls, names: frozenset[str]) -> frozenset[str]:
    """A key may be called by an alias, which does not say what key it is."""
    return names if "aws_kms_alias" in known.types else frozenset()


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _mapping(body: str) -> Tree:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Unreadable(f"no JSON: {body[:SHOWN]!r}") from error
    if not isinstance(event, Mapping):
        raise Unreadable(f"no object: {body[:SHOWN]!r}")
    return event


def _said(detail: Tree, name: str) -> str:
    found = text(detail, name)
    if not found:
        raise Unreadable(f"the event has no {name}")
    return found


def _time(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise Unreadable(f"'{said[:SHOWN]}' is not a time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
