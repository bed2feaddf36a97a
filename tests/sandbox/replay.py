"""What roles were seen doing, and the same calls made again by a role that has lost a statement.

A call that is refused does nothing, so that it can be made again at will.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orchestrator.sandbox import journal
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.policy import Question, applies, parse
from tests.sandbox.wires import Shelf, Wire

FLAT = ("query", "ec2")
REFUSALS = ("denied", "unauthorized", "authorization", "403")
"""Parts of the codes by which AWS refuses; to HEAD it answers with a number alone."""
CANDIDATES = 3
Needs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Made:
    """A call that was allowed. `needs` are pairs of action and resource."""

    role: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False, hash=False, compare=False)
    needs: Needs = ()


def made(home: Any) -> dict[str, list[Made]]:
    """Each kind of call once, by the ARN of whoever made it."""
    found: dict[Made, Made] = {}
    for entry in journal.read(home):
        allowed = entry.get("action") and not entry["error"] and not entry.get("why")
        if not allowed or ":" not in str(entry["role"]):
            continue
        own = [(str(entry["action"]), str(entry.get("resource") or "*"))]
        needs: Any = entry.get("needs") or ()
        all_needs = tuple(dict.fromkeys([*own, *((need[0], need[1]) for need in needs)]))
        role, region, service, operation = (
            str(entry[name]) for name in ("role", "region", "service", "operation")
        )
        parameters: Any = entry["parameters"]
        call = Made(role, region, service, operation, parameters, all_needs)
        found.setdefault(call, call)
    calls: dict[str, list[Made]] = {}
    for call in found.values():
        calls.setdefault(call.role, []).append(call)
    return calls


def needed(wire: Wire, shelves: Sequence[Shelf], calls: Sequence[Made]) -> list[Made]:
    """The calls that this statement allowed and no other of the role's own."""
    others = [
        statement
        for shelf in shelves
        if (shelf.kind, shelf.holder) == (wire.kind, wire.holder)
        for statement in shelf.document["Statement"]
        if statement != wire.statement and statement["Effect"] == "Allow"
    ]
    found = [
        call
        for call in calls
        if any(
            _allows(wire.statement, need) and not any(_allows(other, need) for other in others)
            for need in call.needs
        )
    ]
    return found or (_of_objects(calls) if _of_keys(wire.statement) else [])


def _of_keys(statement: Mapping[str, Any]) -> bool:
    said = statement["Action"]
    return all(each.startswith("kms:") for each in ([said] if isinstance(said, str) else said))


def _of_objects(calls: Sequence[Made]) -> list[Made]:
    """Reads for which S3 asks for a key, of which the journal says nothing.

    No writes: one that were let through would be one.
    """
    return [call for call in calls if (call.service, call.operation) == ("s3", "GetObject")]


def let_in(wire: Wire, calls: Mapping[str, Sequence[Made]]) -> list[Made]:
    """The calls of those whom a resource's policy names."""
    named = wire.statement["Principal"]["AWS"]
    names = {named} if isinstance(named, str) else set(named)
    theirs = [
        call
        for role, some in calls.items()
        if names & {role, f"arn:aws:iam::{role.split(':')[4]}:root"}
        for call in some
    ]
    return [
        call
        for call in theirs
        if any(_allows(wire.statement, need) and _of(wire, need[1]) for need in call.needs)
    ]


def _of(wire: Wire, resource: str) -> bool:
    """A key's policy says "*" for itself."""
    return wire.kind != "key" or resource == wire.holder


def _allows(statement: dict[str, Any], need: tuple[str, str]) -> bool:
    """Conditions are taken for met: the call was."""
    (parsed,) = parse(json.dumps({"Statement": [statement]}))
    return applies(replace(parsed, conditions=()), Question(*need))


def entries(role: str, calls: Mapping[str, Sequence[Made]]) -> list[Made]:
    """The calls by which somebody became the role."""
    everything = [call for some in calls.values() for call in some]
    return [c for c in everything if ("sts:AssumeRole", role) in c.needs]


@dataclass
class Again:
    """Makes calls once more, as those who made them; keys of a role are had by a door of ours."""

    sandbox: Sandbox
    sessions: dict[str, Any] = field(default_factory=dict)

    def refused(self, calls: Sequence[Made]) -> str:
        """AWS's error code for the first call that is refused; '' when none is."""
        answers = (self.answer(call) for call in calls[:CANDIDATES])
        return next((code for code in answers if _no(code)), "")

    def answer(self, call: Made) -> str:
        session = self.sessions.get(call.role) or self._session(call.role)
        self.sessions[call.role] = session
        client = session.client(
            call.service,
            region_name=call.region,
            endpoint_url=self.sandbox.environment["AWS_ENDPOINT_URL"],
            config=Config(
                proxies={"http": self.sandbox.environment["HTTP_PROXY"]},
                parameter_validation=False,
                retries={"max_attempts": 0},
            ),
        )
        try:
            client._make_api_call(call.operation, _parameters(client, call))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        except BotoCoreError as error:
            return f"not sent: {type(error).__name__}"
        return ""

    def _session(self, role: str) -> Any:
        """The administrator's, who is let in for a moment, where it is a role's."""
        if ":role/" not in role:
            return self.sandbox.session()
        account, name = role.split(":")[4], role.rpartition("/")[2]
        caller = self.sandbox.client("sts").get_caller_identity()["Arn"]
        iam = self.sandbox.client("iam", account)
        before = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        role_trust = {"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "sts:AssumeRole"}
        opened = json.dumps({**before, "Statement": [*before["Statement"], role_trust]})
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=opened)
        try:
            return self.sandbox.session(account, name)
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


def _no(code: str) -> bool:
    return any(word in code.lower() for word in REFUSALS)


def _parameters(client: Any, call: Made) -> dict[str, Any]:
    """As botocore wants them; the flat ones of a form are put into its body as they were."""
    model = client.meta.service_model
    if model.metadata["protocol"] in FLAT:
        form = {"Action": call.operation, "Version": model.api_version, **call.parameters}

        def fill(params: dict[str, Any], **_: Any) -> None:
            params["body"] = form

        client.meta.events.register("before-call.*.*", fill)
        return {}
    shape = model.operation_model(call.operation).input_shape
    return dict(_members(shape, call.parameters)) if shape else {}


def _members(shape: Any, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """By botocore's names, from those that are written into requests."""
    lowered = {name.lower(): value for name, value in given.items()}
    for name, member in shape.members.items():
        said = member.serialization.get("name", name)
        for known in (name.lower(), said.lower()):
            if known in lowered:
                yield name, _value(member, lowered[known])
                break


def _value(shape: Any, given: Any) -> Any:
    """What is not of its shape, as a body in XML that was not read, is left out."""
    if shape.type_name == "structure":
        return dict(_members(shape, given)) if isinstance(given, Mapping) else {}
    if shape.type_name == "list":
        return [_value(shape.member, each) for each in given] if isinstance(given, list) else []
    return given
