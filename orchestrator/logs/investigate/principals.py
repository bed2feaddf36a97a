"""Who is behind a call: through roles that assumed roles, up to a person or a service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from orchestrator.logs.event import Actor, Event
from orchestrator.logs.json_path import text
from orchestrator.logs.lake.question import By, Lake, Question, Touching, Window

LONGEST_SESSION = timedelta(hours=36)
"""No role's session is longer. Source: STS API Reference; IAM allows 12 hours for roles, and the
console's federation 36."""

HOPS = 6
GIVERS = frozenset(
    {
        *("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"),
        *("GetSessionToken", "GetFederationToken"),
    }
)
SSO_ROLE = re.compile(r"AWSReservedSSO_(?P<set>.+)_[0-9a-f]{16}")
IDENTITY_CENTER = "IdentityCenterUser"
OURS = ("orchestrator-",)
"""How the names of our own roles and sessions begin."""


class Kind(StrEnum):
    """What stands at the beginning of the chain."""

    PERSON = "person"
    ROOT = "root user"
    SERVICE = "AWS service"
    WORKLOAD = "workload"
    OTHER_ACCOUNT = "other account"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hop:
    """A principal on the way, and the event in which it took the next role."""

    principal: str
    event: str


@dataclass(frozen=True, slots=True)
class Who:
    """The one behind a call. `chain` begins with them and ends with the session that called."""

    kind: Kind
    name: str
    how: str
    """What says so, in words."""
    chain: tuple[Hop, ...] = ()
    ours: bool = False


@dataclass(slots=True)
class Principals:
    """Answers who is behind events, and asks the lake once for each session."""

    lake: Lake
    _known: dict[str, Who]

    def __init__(self, lake: Lake) -> None:
        self.lake, self._known = lake, {}

    def behind(self, event: Event) -> Who:
        actor = event.actor
        if actor.kind == IDENTITY_CENTER and not actor.name and actor.principal_id:
            return self._by_id(event)
        key = actor.access_key or actor.arn
        if not key:
            return _plain(actor)
        if key not in self._known:
            self._known[key] = self._found(event)
        return self._known[key]

    def _by_id(self, event: Event) -> Who:
        """A user of IAM Identity Center whose name other events of the same id have.

        Source: CloudTrail use cases for IAM Identity Center, userId and userName.
        """
        user = event.actor.principal_id
        if user not in self._known:
            window = Window(event.time - LONGEST_SESSION, event.time + LONGEST_SESSION)
            found = self.lake.ask(Question(By(names=(user,)), window)).events
            named = (each.actor for each in found if each.actor.name)
            self._known[user] = _plain(next(named, event.actor))
        return self._known[user]

    def _found(self, event: Event) -> Who:
        """Follow the sessions upwards until one says who it is of."""
        actor, chain, ours = event.actor, [Hop(_title(event.actor), "")], is_ours(event.actor)
        seen = {actor.arn}
        for _ in range(HOPS):
            who = _plain(actor)
            if who.kind is not Kind.UNKNOWN:
                return Who(who.kind, who.name, who.how, tuple(chain), ours)
            giver = self._giver(actor, event)
            if giver is None or giver.actor.arn in seen:
                break
            actor, event = giver.actor, giver
            ours = ours or is_ours(actor)
            seen.add(actor.arn)
            chain.insert(0, Hop(_title(actor), giver.uid))
        how = "no event tells who took the role"
        return Who(Kind.UNKNOWN, _title(actor), how, tuple(chain), ours)

    def _giver(self, actor: Actor, event: Event) -> Event | None:
        """The event that gave the session its keys: by access key, else by the session's ARN.

        A role taken from another account is on record in both; only the caller's own record says
        who that was. Source: CloudTrail User Guide, "Cross-account example".
        """
        window = Window(event.time - LONGEST_SESSION, event.time + timedelta(seconds=1))
        names = tuple(filter(None, (actor.access_key, actor.arn)))
        found = [
            each
            for each in self.lake.ask(Question(Touching(names), window)).events
            if each.name in GIVERS and not each.error
        ]
        exact = [e for e in found if text(e.answer, "credentials.accessKeyId") == actor.access_key]
        same = [e for e in found if text(e.answer, "assumedRoleUser.arn") == actor.arn]
        found = sorted(exact or same, key=lambda each: bool(each.actor.arn))
        return found[-1] if found else None


def is_ours(actor: Actor) -> bool:
    return actor.role.startswith(OURS) or actor.session_name.startswith(OURS)


def _plain(actor: Actor) -> Who:  # noqa: PLR0911  # one line for each kind of identity
    """Who it is by the record alone; unknown for the session of a role that several may assume."""
    if actor.kind == "Root":
        return Who(Kind.ROOT, f"root of {actor.account}", "signed in as root")
    if actor.source_identity:
        return Who(Kind.PERSON, actor.source_identity, "source identity of the session")
    if (sso := SSO_ROLE.fullmatch(actor.role)) and actor.session_name:
        return Who(Kind.PERSON, actor.session_name, f"IAM Identity Center, {sso['set']}")
    if actor.kind in KINDS and actor.name:
        return Who(Kind.PERSON, actor.name, KINDS[actor.kind])
    if actor.kind == IDENTITY_CENTER and actor.principal_id:
        return Who(Kind.PERSON, actor.principal_id, "IAM Identity Center, by the user's id")
    if actor.kind in ("AWSService", "") and actor.invoked_by:
        return Who(Kind.SERVICE, actor.invoked_by, "called by itself")
    if actor.kind == "WebIdentityUser" or actor.provider:
        name = actor.session_name or actor.name or actor.principal_id
        return Who(Kind.WORKLOAD, name, f"identity of {actor.provider or 'a provider'}")
    if actor.session_name.startswith("i-") and re.fullmatch(r"i-[0-9a-f]+", actor.session_name):
        return Who(Kind.WORKLOAD, actor.session_name, f"EC2 instance with the role {actor.role}")
    if actor.kind == "AWSAccount":
        return Who(Kind.OTHER_ACCOUNT, actor.account, "a principal of another account")
    return Who(Kind.UNKNOWN, _title(actor), "")


KINDS: Mapping[str, str] = {
    "IAMUser": "IAM user",
    "SAMLUser": "SAML federation",
    "IdentityCenterUser": "IAM Identity Center",
}

TOOLS: Mapping[str, tuple[str, ...]] = {
    "Terraform": ("terraform", "opentofu"),
    "CloudFormation": ("cloudformation.amazonaws.com",),
    "Pulumi": ("pulumi",),
    "AWS CDK": ("aws-cdk", "cdk-cli"),
    "console": ("console.amazonaws.com", "mozilla/", "signin.amazonaws.com", "aws internal"),
    "AWS CLI": ("aws-cli/",),
    "SDK": ("boto3/", "botocore/", "aws-sdk", "aws-internal/"),
}
"""Tool → what stands in the user agent or the source. The first that fits is taken."""


def tool(event: Event) -> str:
    """Infrastructure as code, console, command line or SDK; the agent's first word otherwise."""
    if '"sessionCredentialFromConsole":"true"' in event.extra:
        return "console"
    said = f"{event.agent} {event.source}".lower()
    for name, signs in TOOLS.items():
        if any(sign in said for sign in signs):
            return name
    return event.agent.partition(" ")[0] or "unknown"


def _title(actor: Actor) -> str:
    return actor.arn or actor.name or actor.principal_id or actor.invoked_by or actor.account
