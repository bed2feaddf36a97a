"""One request and its answer, as the layers of the sandbox see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Environ = dict[str, object]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `code` is AWS's error code when a layer refused the request."""

    status: int
    headers: Headers
    body: bytes
    code: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What a request asks for, in AWS's words.

    `service` is botocore's name ('s3control'), `prefix` the one of IAM actions ('s3');
    `operation` is '' when the service has no such operation. `protocol` is one of query, ec2,
    json, rest-json and rest-xml, and decides the shape of an error.
    """

    service: str = ""
    prefix: str = ""
    operation: str = ""
    protocol: str = "rest-json"
    region: str = "us-east-1"
    path_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a call.

    `arn` is the form AWS shows: for a role, the session (`…:assumed-role/name/session`);
    `identity` is what owns the policies: the role's or the user's ARN.
    """

    account_id: str
    arn: str
    identity: str
    access_key_id: str
    session_policy: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    session_policy_arns: tuple[str, ...] = ()
    source_identity: str = ""
    issued: str = ""
    """When a session began, as AWS writes moments; '' for a key that does not end."""

    @property
    def is_role(self) -> bool:
        return ":role/" in self.identity


@dataclass(frozen=True, slots=True)
class Need:
    """What a call needs of its caller: an action, the ARN it is asked on, the call's own keys.

    `resource` is '*' for an action that has no type of resource.
    """

    action: str
    resource: str
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Exchange:
    """A request on its way through the layers; each adds what it finds out."""

    environ: Environ
    body: bytes
    call: Call = field(default_factory=Call)
    principal: Principal | None = None
    action: str = ""
    resource: str | None = None
    """The IAM action and the ARN it is about, where they are known."""
    needs: tuple[Need, ...] = ()
    """All that the caller has to be allowed, the call's own action first."""
    refused: Need | None = None
    """The first of them that the caller is not allowed."""
    allowed: bool | None = None
    """What the caller's policies say; None where nobody asked them."""
    parameters: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A variable of the environ as text; '' when it is not there."""
        value = self.environ.get(name, "")
        return value if isinstance(value, str) else ""


Handle = Callable[[Exchange], Answer]
"""A layer, or all layers from one inwards."""
