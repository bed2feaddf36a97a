"""Who changed a resource last before a finding, from the account's own event history.

CloudTrail's event history goes back 90 days, and shows a call some minutes after it was made. If
it cannot be read, the message goes out without an actor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from orchestrator.findings import arn
from orchestrator.findings.errors import AwsError
from orchestrator.findings.event_reader import Wrong, clean, mapping, moment, part
from orchestrator.findings.finding import Finding
from orchestrator.findings.remediation import Permission, Place
from orchestrator.findings.sessions import Sessions

LOOKUP = Permission(
    ("cloudtrail:LookupEvents",), why="The event history has no resource that could be named."
)
HISTORY = timedelta(days=90)
MOST = 50
"""Events of one call. Source: CloudTrail API Reference, LookupEvents, MaxResults."""

GLOBAL = "us-east-1"
"""Where calls of services without regions are. Source: CloudTrail User Guide, global services."""
REGIONAL = frozenset({"s3"})
"""Services whose ARNs name no region, and whose calls are in that of the resource."""
SSO = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Change:
    """A call that changed a resource. Texts are bounded: the caller chooses some of them."""

    who: str
    call: str
    time: datetime
    source: str
    agent: str


class ChangeHistory(Protocol):
    """Where the last change of a resource may be on record."""

    def saw(self, finding: Finding) -> Change | None:
        """The last change before the finding; None if nothing is known. Raises nothing."""


class NoHistory:
    """Knows of no change."""

    def saw(self, finding: Finding) -> Change | None:  # noqa: ARG002  as every history
        return None


class EventHistory:
    """Asks CloudTrail in the account, as the remediation role, with this permission alone."""

    def __init__(self, sessions: Sessions, role: str) -> None:
        self._sessions, self._role = sessions, role

    def saw(self, finding: Finding) -> Change | None:
        name = _name(finding.resource)
        if not name:
            return None
        try:
            return next(self._changes(finding, name), None)
        except AwsError:
            return None

    def _changes(self, finding: Finding, name: str) -> Iterator[Change]:
        place = Place(finding.account, _region(finding), finding.partition)
        aws = self._sessions.open(place, (LOOKUP,), f"who-{finding.key[:12]}")
        answer = aws("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}],
            StartTime=finding.updated - HISTORY,
            EndTime=finding.updated,
            MaxResults=MOST,
        )
        for event in answer.get("Events", []):
            try:
                record = mapping(json.loads(event["CloudTrailEvent"]), "a record")
                if self._changes_it(record):
                    yield _change(record)
            except (KeyError, TypeError, ValueError, Wrong):
                continue

    def _changes_it(self, record: Mapping[str, Any]) -> bool:
        """Neither reading, nor refused, nor a tag, nor what we did ourselves."""
        issuer = part(part(part(record, "userIdentity"), "sessionContext"), "sessionIssuer")
        return (
            record.get("readOnly") is not True
            and not record.get("errorCode")
            and "Tag" not in str(record["eventName"])
            and issuer.get("userName") != self._role
        )


def _name(resource: str) -> str:
    """What the event history calls it; '' for a setting of an account, which has no name there."""
    return arn.name(resource) if resource.startswith("arn:") else ""


def _region(finding: Finding) -> str:
    parts = finding.resource.split(":")
    everywhere = not parts[3] and parts[2] not in REGIONAL and finding.partition == "aws"
    return GLOBAL if everywhere else finding.region


def _change(record: Mapping[str, Any]) -> Change:
    return Change(
        who=_who(part(record, "userIdentity")),
        call=clean(record["eventName"], 80),
        time=moment(record["eventTime"]),
        source=clean(record.get("sourceIPAddress"), 60) or "?",
        agent=clean(record.get("userAgent"), 60) or "?",
    )


def _who(identity: Mapping[str, Any]) -> str:
    """The session's name and its role; a person's name is the session's in IAM Identity Center."""
    context = part(identity, "sessionContext")
    role = clean(part(context, "sessionIssuer").get("userName"), 80)
    if role:
        session = clean(context.get("sourceIdentity"), 64) or clean(arn.name(identity["arn"]), 64)
        how = "IAM Identity Center" if role.startswith(SSO) else f"role {role}"
        return f"{session} ({how})"
    named = ("userName", "invokedBy", "arn", "principalId", "accountId", "type")
    return next((text for key in named if (text := clean(identity.get(key), 120))), "?")
