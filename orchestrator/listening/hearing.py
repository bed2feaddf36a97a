"""An event of EventBridge as the call that it tells of.

Source: EventBridge user guide, "AWS service events delivered via CloudTrail"; CloudTrail User
Guide, "CloudTrail record contents".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from orchestrator.listening import calls
from orchestrator.listening.people import Tree, branch, text, who
from orchestrator.listening.table import Calls
from orchestrator.model.names import AccountId
from orchestrator.model.suspect import Heard, Suspect

KIND = "AWS API Call via CloudTrail"
ACCOUNT = re.compile(r"\d{12}")
SHOWN = 80


class Unreadable(ValueError):
    """A message that is no such event."""


def heard(body: str) -> Heard | None:
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
    return Heard(
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
    known = calls.find(service, name)
    if known is None:
        return None
    types = frozenset(known.types)
    where = "" if service in calls.GLOBAL or types <= calls.EVERYWHERE else region
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
        raise Unreadable(f"'{said[:SHOWN]}' is no time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
