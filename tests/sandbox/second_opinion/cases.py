"""Requests and policies drawn by lot, close enough to each other that all outcomes are frequent."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

OURS, THEIRS = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OURS}:role/worker"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/worker/one"
USER = f"arn:aws:iam::{OURS}:user/ann"

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """An action and what of it differs by service."""

    action: str
    resource: str
    has_policy: bool = True

    @property
    def controlled(self) -> bool:
        """Whether RCPs protect it; the other judge asks them of every service."""
        return self.action.partition(":")[0] in ("s3", "sqs", "secretsmanager", "kms", "sts")


def _asked(owner: str) -> tuple[Asked, ...]:
    return (
        Asked("s3:GetObject", "arn:aws:s3:::logs/2026/a.json"),
        Asked("s3:ListBucket", "arn:aws:s3:::logs"),
        Asked("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{owner}:work"),
        Asked("sns:Publish", f"arn:aws:sns:eu-west-1:{owner}:told"),
        Asked(
            "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{owner}:secret:a-1"
        ),
        Asked("kms:Decrypt", f"arn:aws:kms:eu-west-1:{owner}:key/1234"),
        Asked("sts:AssumeRole", f"arn:aws:iam::{owner}:role/target"),
        Asked("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{owner}:function:f"),
        Asked("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{owner}:table/t", has_policy=False),
        Asked("ec2:DescribeInstances", "*", has_policy=False),
    )


@dataclass(frozen=True)
class Case:
    """One request, with everything that has a say on it."""

    number: int
    principal: str
    action: str
    resource: str
    owner: str
    context: dict[str, str | list[str]]
    identity: list[Json]
    boundary: Json | None = None
    session: Json | None = None
    service_control: list[list[Json]] = field(default_factory=list)
    resource_control: list[list[Json]] = field(default_factory=list)
    resource_policy: Json | None = None


FULL: Json = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def cases(count: int, seed: int) -> list[Case]:
    draw = Draw(random.Random(seed))  # noqa: S311  reproducible, not secret
    return [draw.case(number) for number in range(count)]


class Draw:
    def __init__(self, batch: random.Random) -> None:
        self.batch = batch

    def chance(self, share: float) -> bool:
        return self.batch.random() < share

    def case(self, number: int) -> Case:
        owner = OURS if self.chance(0.65) else THEIRS
        asked = self.batch.choice(_asked(owner))
        if not asked.has_policy:
            owner = OURS
            asked = next(a for a in _asked(owner) if a.action == asked.action)
        user = self.chance(0.25)
        principal = USER if user else SESSION
        context = self.context(user=user, owner=owner)
        if asked.action != "s3:ListBucket":
            context.pop("s3:prefix", None)
        return Case(
            number,
            principal,
            asked.action,
            asked.resource,
            owner,
            context,
            [self.policy(asked, context) for _ in range(self.batch.choice((0, 1, 1, 1, 2)))],
            self.policy(asked, context) if self.chance(0.25) else None,
            self.policy(asked, context) if not user and self.chance(0.2) else None,
            self.controls(asked, context, allows=True),
            self.controls(asked, context, allows=False) if asked.controlled else [],
            self.resource_policy(asked, context) if asked.has_policy else None,
        )

    def context(self, *, user: bool, owner: str) -> dict[str, str | list[str]]:
        found: dict[str, str | list[str]] = {
            "aws:PrincipalArn": USER if user else ROLE,
            "aws:PrincipalAccount": OURS,
            "aws:PrincipalOrgID": self.batch.choice(("o-one", "o-two")),
            "aws:ResourceAccount": owner,
            "aws:SecureTransport": self.batch.choice(("true", "false")),
            "aws:SourceIp": self.batch.choice((*("10.1.2.3", "192.0.2.7") * 5, "2001:db8::7")),
            "aws:CurrentTime": "2026-11-30T00:00:00Z",
            "aws:EpochTime": "1796000000",
            "aws:RequestedRegion": self.batch.choice(("eu-west-1", "us-east-1")),
        }
        if user:
            found["aws:username"] = "ann"
        optional: dict[str, str | list[str]] = {
            "aws:PrincipalTag/team": self.batch.choice(("red", "Blue", "")),
            "aws:RequestTag/stage": self.batch.choice(("prod", "dev")),
            "aws:TagKeys": self.batch.choice((["stage"], ["stage", "team"], ["Stage", "other"])),
            "s3:prefix": self.batch.choice(("home/ann", "2026", "")),
            "aws:MultiFactorAuthAge": self.batch.choice(("300", "3600")),
            "aws:SourceArn": f"arn:aws:sns:eu-west-1:{OURS}:told",
        }
        return found | {key: value for key, value in optional.items() if self.chance(0.6)}

    def policy(self, asked: Asked, context: Json) -> Json:
        count = self.batch.choice((1, 1, 2, 3))
        return _document([self.statement(asked, context) for _ in range(count)])

    def controls(self, asked: Asked, context: Json, *, allows: bool) -> list[list[Json]]:
        """Levels of SCPs (which may allow) or of RCPs (which deny)."""
        if not self.chance(0.4):
            return []
        levels = []
        for _ in range(self.batch.choice((1, 2, 3))):
            level = [] if allows and self.chance(0.1) else [FULL] if allows else []
            if self.chance(0.4):
                effect = "Allow" if allows and self.chance(0.3) else "Deny"
                statement = self.statement(asked, context, effect)
                level.append(_document([statement if allows else _of_resources(statement)]))
            levels.append(level)
        return levels

    def resource_policy(self, asked: Asked, context: Json) -> Json | None:
        bound = asked.action in ("kms:Decrypt", "sts:AssumeRole")
        if not bound and self.chance(0.35):
            return None
        found = []
        for _ in range(self.batch.choice((1, 1, 2))):
            statement = self.statement(asked, context)
            if asked.action == "sts:AssumeRole":
                statement.pop("Resource", None)
                statement.pop("NotResource", None)
            deny = statement["Effect"] == "Deny"
            name = "NotPrincipal" if deny and self.chance(0.3) else "Principal"
            found.append({**statement, name: self.principals(inverted=name == "NotPrincipal")})
        return _document(found)

    def principals(self, *, inverted: bool) -> Any:
        choices: list[Any] = [
            *([] if inverted else [self.batch.choice(("*", {"AWS": "*"}))]),
            {"AWS": OURS},
            {"AWS": f"arn:aws:iam::{OURS}:root"},
            {"AWS": ROLE},
            {"AWS": SESSION},
            {"AWS": USER},
            {"AWS": [f"arn:aws:iam::{THEIRS}:root", ROLE]},
            {"AWS": f"arn:aws:iam::{THEIRS}:root"},
            {"Service": "events.amazonaws.com"},
        ]
        return self.batch.choice(choices)

    def statement(self, asked: Asked, context: Json, effect: str = "") -> Json:
        made: Json = {"Effect": effect or ("Deny" if self.chance(0.15) else "Allow")}
        made["NotAction" if self.chance(0.12) else "Action"] = self.actions(asked)
        inverted = self.chance(0.12)
        made["NotResource" if inverted else "Resource"] = self.resources(asked, inverted=inverted)
        if self.chance(0.45):
            made["Condition"] = self.conditions(context)
        return made

    def actions(self, asked: Asked) -> Any:
        service, _, name = asked.action.partition(":")
        choices = [
            *(asked.action, f"{service}:*", f"{service}:{name[:3]}*", f"{service}:*{name[-4:]}"),
            *(f"{service}:{name[:2]}?{name[3:]}", asked.action.upper(), "*"),
            *("iam:GetRole", f"{service}:Other*"),
        ]
        count = self.batch.choice((1, 1, 2))
        picked = [self.batch.choice(choices) for _ in range(count)]
        return picked if count > 1 or self.chance(0.5) else picked[0]

    def resources(self, asked: Asked, *, inverted: bool) -> Any:
        arn = asked.resource
        head, _, tail = arn.rpartition(":")
        choices = [arn, "*", "*", f"{head}:*", f"{head}:{tail[:2]}*", f"{head}:{tail[:-1]}?"]
        choices += [f"{head}:{tail.upper()}", f"{head}:{tail[:-1]}${{*}}"]
        if not inverted or self.chance(0.2):
            choices += [
                "arn:aws:s3:::${aws:PrincipalTag/team}/*",
                "arn:aws:s3:::logs/${aws:username}*",
            ]
        if arn == "*":
            choices = ["*", "*", "*", "arn:aws:ec2:*:*:instance/*"]
        picked = [self.batch.choice(choices) for _ in range(self.batch.choice((1, 1, 2)))]
        return picked if len(picked) > 1 else picked[0]

    def conditions(self, context: Json) -> Json:
        found: Json = {}
        for _ in range(self.batch.choice((1, 1, 2))):
            operator, key, values = self.condition(context)
            found.setdefault(operator, {})[key] = values
        return found

    def condition(self, context: Json) -> tuple[str, str, Any]:
        key, kind, values = self.batch.choice(KEYS)
        if self.chance(0.1):
            return "Null", key, self.batch.choice(("true", "false"))
        operator = self.batch.choice(OPERATORS[kind])
        if key == "aws:TagKeys":
            operator = f"{self.batch.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
        if self.chance(0.2):
            operator += "IfExists"
        given = context.get(key)
        choices = [*values, *(given if isinstance(given, list) else [given] if given else [])]
        if "Not" in operator and self.chance(0.8):
            choices = [each for each in choices if "${" not in each] or choices
        picked = [self.batch.choice(choices) for _ in range(self.batch.choice((1, 1, 2)))]
        written = key if self.chance(0.8) else key.lower()
        return operator, written, picked if len(picked) > 1 else picked[0]


def _document(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def _of_resources(statement: Json) -> Json:
    """As an RCP may have it: everybody, and no action of every service."""
    action = statement.pop("NotAction", statement.get("Action"))
    listed = action if isinstance(action, list) else [action]
    named = [each if each != "*" else "s3:*" for each in listed]
    return {**statement, "Action": named, "Principal": "*"}


TEXTS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike"),
)
ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan")
OPERATORS = {
    "text": TEXTS,
    "arn": (*ARNS, "StringLike", "StringEquals"),
    "number": tuple(f"Numeric{c}" for c in (*COMPARISONS, "GreaterThanEquals")),
    "date": tuple(f"Date{c}" for c in (*COMPARISONS, "GreaterThanEquals")),
    "address": ("IpAddress", "NotIpAddress"),
    "bool": ("Bool",),
}
KEYS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aws:PrincipalOrgID", "text", ("o-one", "o-*", "O-ONE")),
    (
        "aws:PrincipalArn",
        "arn",
        (ROLE, f"arn:aws:iam::{OURS}:role/*", "arn:aws:iam::*:user/a??"),
    ),
    ("aws:PrincipalAccount", "text", (OURS, THEIRS)),
    ("aws:ResourceAccount", "text", (OURS, "${aws:PrincipalAccount}")),
    ("aws:SecureTransport", "bool", ("true", "false")),
    ("aws:SourceIp", "address", ("10.0.0.0/8", "192.0.2.7", "2001:db8::/32")),
    ("aws:CurrentTime", "date", ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")),
    ("aws:RequestedRegion", "text", ("eu-*", "us-east-1", "eu-west-?")),
    ("aws:PrincipalTag/team", "text", ("red", "blue", "${aws:RequestTag/stage}")),
    ("aws:RequestTag/stage", "text", ("prod", "de?")),
    ("aws:TagKeys", "text", ("stage", "team", "sta*")),
    ("s3:prefix", "text", ("home/${aws:username}", "2026", "")),
    ("aws:MultiFactorAuthAge", "number", ("600", "3600", "300")),
    ("aws:SourceArn", "arn", (f"arn:aws:sns:*:{OURS}:*", "arn:aws:sns:eu-west-1:*:told")),
)
