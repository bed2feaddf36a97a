"""Who is behind a call, as far as CloudTrail's userIdentity says it by itself.

Source: CloudTrail User Guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

from collections.abc import Mapping

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
    return named or text(identity, "principalId") or "somebody of whom the event says nothing"


def text(tree: Tree, name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""


def branch(tree: Tree, name: str) -> Tree:
    value = tree.get(name)
    return value if isinstance(value, Mapping) else {}
