"""An event of the lake as a value, whatever engine and version of OCSF it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from orchestrator.logs.json_path import Tree, branch, parsed


@dataclass(frozen=True, slots=True)
class Actor:
    """Who made a call, as CloudTrail's userIdentity says it."""

    kind: str = ""
    """IAMUser, AssumedRole, Root, AWSService, IdentityCenterUser, …"""
    arn: str = ""
    principal_id: str = ""
    account: str = ""
    name: str = ""
    access_key: str = ""
    issuer: str = ""
    """ARN of the role whose session this is."""
    source_identity: str = ""
    invoked_by: str = ""
    mfa: bool | None = None
    since: str = ""
    """When the session began, as the record says it."""
    provider: str = ""
    """The identity provider of a federated session."""

    @property
    def session_name(self) -> str:
        """The part of an assumed role's ARN that the one who assumed it has chosen."""
        head, _, session = self.arn.rpartition("/")
        return session if ":assumed-role/" in head or ":federated-user" in head else ""

    @property
    def role(self) -> str:
        """The name of the role, without its path."""
        if self.issuer:
            return self.issuer.rpartition("/")[2]
        return self.arn.split("/")[-2] if ":assumed-role/" in self.arn else ""


@dataclass(frozen=True)
class Event:
    """One call, sign-in or service event. `request`, `response` and `extra` are JSON texts."""

    uid: str
    time: datetime
    account: str
    region: str
    service: str
    """The event source, such as ec2.amazonaws.com."""
    name: str
    actor: Actor
    class_uid: int
    activity_id: int
    source: str = ""
    """IP address, or the name of the AWS service that called."""
    agent: str = ""
    error: str = ""
    error_message: str = ""
    request: str = ""
    response: str = ""
    resources: tuple[str, ...] = ()
    extra: str = "{}"
    """What OCSF has no place for."""

    @property
    def read_only(self) -> bool:
        said = branch({"x": self.extra}, "x").get("readOnly")
        if said in (True, "true"):
            return True
        return said is None and self.activity_id == READ

    @cached_property
    def parameters(self) -> Tree:
        found = parsed(self.request) if self.request else {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def answer(self) -> Tree:
        found = parsed(self.response) if self.response else {}
        return found if isinstance(found, dict) else {}


READ = 2
"""OCSF's activity of calls that change nothing."""
