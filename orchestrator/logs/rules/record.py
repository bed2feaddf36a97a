"""An event as a tree with CloudTrail's own names, as rules for CloudTrail call its fields.

Source: AWS CloudTrail User Guide, "CloudTrail record contents" and "userIdentity element".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.logs.event import Event
from orchestrator.logs.json_path import Tree, branch, compact, put

FIELDS = frozenset(
    {
        *("eventTime", "eventVersion", "eventSource", "eventName", "eventID", "eventType"),
        *("eventCategory", "awsRegion", "sourceIPAddress", "userAgent", "userIdentity"),
        *("errorCode", "errorMessage", "requestParameters", "responseElements", "requestID"),
        *("additionalEventData", "apiVersion", "managementEvent", "readOnly", "resources"),
        *("recipientAccountId", "serviceEventDetails", "sharedEventID", "vpcEndpointId"),
        *("vpcEndpointAccountId", "addendum", "sessionCredentialFromConsole", "edgeDeviceDetails"),
        *("tlsDetails", "insightDetails"),
    }
)
"""The first part of every field's name."""


SIGN_IN = "signin.amazonaws.com"


def record(event: Event) -> Tree:
    """The record. What OCSF has no place for is as it was; the rest is put back in its place."""
    tree = dict(branch({"x": event.extra}, "x"))
    identity = tree.get("userIdentity")
    tree["userIdentity"] = dict(identity) if isinstance(identity, Mapping) else {}
    for path, value in _mapped(event):
        if value not in ("", None, {}, ()):
            put(_own(tree, path), path, value)
    return tree


def _own(tree: dict[str, object], path: str) -> dict[str, object]:
    """`tree`, in which every mapping on the way is a copy that may be written to."""
    here = tree
    for name in path.split(".")[:-1]:
        inner = here.get(name)
        copied = dict(inner) if isinstance(inner, Mapping) else {}
        here[name] = copied
        here = copied
    return tree


def _mapped(event: Event) -> Iterator[tuple[str, object]]:
    actor, session = event.actor, "userIdentity.sessionContext"
    yield "eventID", event.uid
    yield "eventTime", f"{event.time:%Y-%m-%dT%H:%M:%SZ}"
    yield "eventSource", event.service
    yield "eventName", event.name
    yield "awsRegion", event.region
    yield "recipientAccountId", event.account
    yield "sourceIPAddress", event.source
    yield "userAgent", event.agent
    # A sign-in that failed has a message and no code.
    yield "errorCode", "" if event.service == SIGN_IN else event.error
    yield "errorMessage", event.error_message
    yield "requestParameters", event.parameters
    yield "responseElements", event.answer
    yield "resources", [{"ARN": each} for each in event.resources]
    yield "userIdentity.type", actor.kind
    yield "userIdentity.arn", actor.arn
    yield "userIdentity.principalId", actor.principal_id
    yield "userIdentity.accountId", actor.account
    yield "userIdentity.userName", actor.name
    yield "userIdentity.accessKeyId", actor.access_key
    yield "userIdentity.invokedBy", actor.invoked_by
    yield f"{session}.sessionIssuer.arn", actor.issuer
    yield f"{session}.sessionIssuer.userName", actor.role if actor.issuer else ""
    yield f"{session}.sourceIdentity", actor.source_identity
    if actor.mfa is not None and event.service == SIGN_IN:
        yield "additionalEventData.MFAUsed", "Yes" if actor.mfa else "No"
    elif actor.mfa is not None:
        yield f"{session}.attributes.mfaAuthenticated", str(actor.mfa).lower()


def values(tree: object, path: str) -> Iterator[object]:
    """What stands at `a.b.c`, in each element of lists on the way; EC2's `items` may be left out.

    Names are compared as they are, and without case where none is the same.
    """
    if path == "":
        if isinstance(tree, list | tuple):
            for each in tree:
                yield from values(each, "")
        else:
            yield tree
        return
    if isinstance(tree, list | tuple):
        for each in tree:
            yield from values(each, path)
        return
    if not isinstance(tree, Mapping):
        return
    name, _, rest = path.partition(".")
    if path in tree and rest:
        yield from values(tree[path], "")
    found = name if name in tree else _alike(tree, name)
    if found is not None:
        yield from values(tree[found], rest)
    elif "items" in tree:
        yield from values(tree["items"], path)


def _alike(tree: Tree, name: str) -> str | None:
    return next((key for key in tree if key.lower() == name.lower()), None)


def as_word(value: object) -> str:
    """A value as a rule compares it: a flag as `true`, a tree as its JSON."""
    if isinstance(value, str):
        return value
    return compact(value)
