"""A small world for findings: things that pass or fail, a remediation for them, and the router."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings import matrix as matrices
from orchestrator.findings.engine import Engine
from orchestrator.findings.evidence.answer import Evidence
from orchestrator.findings.evidence.usage import not_asked
from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.limits import Breakers, Budget
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.messages.message import Written
from orchestrator.findings.messages.notifier import Digests, Notifier
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import Message, States
from orchestrator.findings.rechecks import Rechecks
from orchestrator.findings.records import Records, digest, text_of
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.router import Router
from orchestrator.findings.runbooks import Runbooks
from orchestrator.findings.table import Item, Key
from orchestrator.findings.tickets.failures import Failures
from orchestrator.findings.tickets.keeper import Keeper, Trackers
from orchestrator.findings.undo import Undos

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOME = "ap-northeast-1"
SECURITY = "200000000002"
ACCOUNT = "200000000007"
BUCKET = "arn:aws:s3:::orders"
HUB = f"arn:aws:securityhub:{HOME}::product/aws/securityhub"

MATRIX: Mapping[str, Any] = {
    "version": 1,
    "digest": "d",
    "organization": {"id": "o-exampleorg1", "name": "example"},
    "home_region": HOME,
    "regions": [HOME],
    "management": "200000000001",
    "security": SECURITY,
    "remediation": {
        "enabled": True,
        "role": "orchestrator-remediation",
        "external_id": "example",
        "language": "en",
        "keep_days": 400,
        "attempts": 3,
        "message_digest_minutes": 60,
        "owner_tags": {"managed-by": "*", "terraform": "*"},
        "budgets": {"control_per_hour": 20, "account_per_hour": 20, "total_per_hour": 200},
        "breaker": {"failures": 5, "undos": 2, "minutes": 60},
    },
    "teams": {
        name: {
            "email": f"{name}@example.com",
            "language": "en",
            "severity": "low",
            "services": [],
            "topic": f"arn:aws:sns:{HOME}:{SECURITY}:orchestrator-team-{name}",
            "chat": False,
            "webhook": None,
        }
        for name in ("platform", "orders")
    },
    "accounts": {
        id_: {
            "name": name,
            "ou": "Workloads",
            "team": team,
            "tags": {},
            "regions": [HOME],
            "enabled": True,
            "decisions": "d0",
        }
        for id_, name, team in (
            (SECURITY, "security", "platform"),
            (ACCOUNT, "orders-prod", "orders"),
        )
    },
    "decisions": {"d0": {}},
    "exceptions": {},
}


def a_decision(kind: str = "remediate", control: str = "S3.8", **more: Any) -> dict[str, Any]:
    return {
        "control": control,
        "decision": kind,
        "reason": "It was decided for this test.",
        "decided_by": "platform",
        "review_by": "2027-06-01",
        "parameters": {},
        "force": False,
        "runbook": None,
        "source": f"account_configs/controls/s3.yaml {control}",
        "by_tag": {},
        **more,
    }


def an_exception(**more: Any) -> dict[str, Any]:
    return {
        "control": "s3.8",
        "accounts": ["*"],
        "resources": ["*"],
        "tags": {},
        "owner": "orders",
        "reason": "Published on purpose.",
        "ticket": "SEC-1",
        "expires": "2026-12-31",
        "source": "account_configs/exceptions.yaml public",
        **more,
    }


def a_document(*decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The matrix's document with these decisions in every account; S3.8 remediated if none."""
    decided = decisions or (a_decision(),)
    by_control = {decision["control"].lower(): decision for decision in decided}
    return {**deepcopy(dict(MATRIX)), "decisions": {"d0": by_control}, **more}


def a_matrix(*decisions: dict[str, Any], **more: Any) -> Matrix:
    return matrices.load(a_document(*decisions, **more))


def with_rules(**rules: Any) -> dict[str, Any]:
    """`a_matrix(..., **with_rules(budgets={...}))`."""
    return {"remediation": {**MATRIX["remediation"], **rules}}


def a_finding(**more: Any) -> Finding:
    known = Finding(
        id=f"arn:aws:securityhub:{HOME}:{ACCOUNT}:security-control/s3.8/finding/1",
        product_arn=HUB,
        product="Security Hub",
        account=ACCOUNT,
        region=HOME,
        partition="aws",
        control="S3.8",
        title="S3 buckets should block public access",
        description="It does not.",
        severity=Severity.HIGH,
        resource=BUCKET,
        resource_type="AwsS3Bucket",
        created=NOW - timedelta(days=3),
        updated=NOW - timedelta(minutes=5),
    )
    return replace(known, **more)


def an_asff(**more: Any) -> dict[str, Any]:
    """A control finding as Security Hub sends it."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{HOME}:{ACCOUNT}:security-control/s3.8/finding/1",
        "ProductArn": HUB,
        "ProductName": "Security Hub",
        "AwsAccountId": ACCOUNT,
        "Region": HOME,
        "GeneratorId": "security-control/S3.8",
        "Title": "S3 buckets should block public access",
        "Description": "It does not.",
        "Severity": {"Label": "HIGH"},
        "CreatedAt": "2026-11-20T09:00:00.000Z",
        "UpdatedAt": "2026-11-23T08:55:00.000Z",
        "Resources": [{"Type": "AwsS3Bucket", "Id": BUCKET, "Region": HOME}],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **more,
    }


def an_event(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "11111111-2222-3333-4444-555555555555",
        "detail-type": "Security Hub Findings - Imported",
        "source": "aws.securityhub",
        "account": SECURITY,
        "region": HOME,
        "detail": {"findings": list(findings)},
        **more,
    }


def a_refusal(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "said so"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutThing")


Step = Callable[[Callable[[], Any]], Any]
"""How a call to the world is made; a test of accidents makes one of them not return."""


def at_once(call: Callable[[], Any]) -> Any:
    return call()


@dataclass
class Things:
    """Resources by ARN, each open (fails) or not; every write is remembered."""

    open: dict[str, bool] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    created: dict[str, datetime] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    failing: dict[str, BaseException] = field(default_factory=dict)
    """What is raised, by 'check', 'tags', 'before', 'fix' or 'undo'."""
    stubborn: bool = False
    """Whether a fix changes nothing."""
    step: Step = at_once
    """Each write to AWS."""

    def ask(self, what: str) -> None:
        if what in self.failing:
            raise self.failing[what]


def find(_: Place, aws: Aws) -> list[str]:
    return list(aws("things").open)


def check(target: Target, aws: Aws) -> Check:
    things: Things = aws("things")
    things.ask("check")
    if target.arn not in things.open:
        return Check(Status.GONE)
    created = things.created.get(target.arn)
    if things.open[target.arn]:
        return Check(Status.FAILS, "it is open", created)
    return Check(Status.PASSES, "", created)


def before(target: Target, aws: Aws) -> Json:
    things: Things = aws("things")
    things.ask("before")
    return {"open": things.open.get(target.arn)}


def fix(target: Target, aws: Aws, _: Json) -> None:
    things: Things = aws("things")
    things.writes.append(f"fix {target.arn}")
    things.ask("fix")
    if not things.stubborn:
        things.step(lambda: things.open.update({target.arn: False}))


def undo(target: Target, aws: Aws, state: Json) -> None:
    things: Things = aws("things")
    things.writes.append(f"undo {target.arn}")
    things.ask("undo")
    things.step(lambda: things.open.update({target.arn: state["open"]}))


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    things: Things = aws("things")
    things.ask("tags")
    return things.tags.get(target.arn, {})


CLOSING = Remediation(
    name="close",
    controls=("S3.8",),
    causes=(),
    resource_type="AwsS3Bucket",
    risk=Risk.REVERSIBLE,
    effect="Closes the bucket.",
    breaks="Whoever reads it in public.",
    reads=(Permission(("s3:GetBucketPublicAccessBlock",), ("arn:{partition}:s3:::*",)),),
    writes=(Permission(("s3:PutBucketPublicAccessBlock",), ("arn:{partition}:s3:::*",)),),
    find=find,
    check=check,
    before=before,
    fix=fix,
    undo=undo,
    tags=tags,
    parameters={"days": Parameter(7, "Days to wait.", "targetDays")},
)


@dataclass
class FakeTable:
    """The table in memory."""

    items: dict[Key, Item] = field(default_factory=dict)
    writes: int = 0
    step: Step = at_once

    def get(self, key: Key) -> Item | None:
        found: Item | None = self.step(lambda: self.items.get(key))
        return found

    def put(self, item: Item, expires: int) -> bool:
        return bool(self.step(lambda: self._put(item)))

    def _put(self, item: Item) -> bool:
        there = self.items.get(item.key)
        if (there.version if there else 0) != item.version:
            return False
        self.writes += 1
        self.items[item.key] = replace(item, version=item.version + 1)
        return True

    def delete(self, key: Key, version: int | None = None) -> bool:
        return bool(self.step(lambda: self._delete(key, version)))

    def _delete(self, key: Key, version: int | None) -> bool:
        there = self.items.get(key)
        if version is not None and (there is None or there.version != version):
            return False
        self.items.pop(key, None)
        return True

    def query(self, pk: str, limit: int = 1000) -> tuple[Item, ...]:
        keys = sorted(key for key in self.items if key.pk == pk)[:limit]
        found: tuple[Item, ...] = self.step(lambda: tuple(self.items[key] for key in keys))
        return found

    def put_all(self, items: Sequence[Item], expires: int) -> bool:
        return bool(self.step(lambda: self._put_all(items)))

    def _put_all(self, items: Sequence[Item]) -> bool:
        versions = [there.version if (there := self.items.get(i.key)) else 0 for i in items]
        if versions != [item.version for item in items]:
            return False
        return all(self._put(item) for item in items)


@dataclass
class FakeBefores:
    kept: dict[str, str] = field(default_factory=dict)
    kept_after: dict[str, str] = field(default_factory=dict)
    step: Step = at_once

    def put_after(self, id_: str, after: Any) -> None:
        self.step(lambda: self.kept_after.update({id_: text_of(after)}))

    def get_after(self, id_: str) -> Any:
        if id_ not in self.kept_after:
            raise a_refusal("NoSuchKey")
        return json.loads(self.kept_after[id_])

    def put(self, id_: str, before: Any) -> str:
        self.step(lambda: self.kept.update({id_: text_of(before)}))
        return digest(before)

    def get(self, id_: str) -> Any:
        return json.loads(self.step(lambda: self.kept[id_]))


@dataclass
class FakeSessions:
    things: Things
    refusing: Exception | None = None
    opened: list[tuple[str, bool]] = field(default_factory=list)
    """Account, and whether the session could write."""

    def open(self, place: Place, permissions: tuple[Permission, ...], name: str) -> Aws:
        if self.refusing:
            raise self.refusing
        actions = {action for permission in permissions for action in permission.actions}
        self.opened.append((place.account, any(":Put" in action for action in actions)))
        return lambda service, region=None: self.things


@dataclass
class FakeHub:
    notes: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""
    step: Step = at_once

    def note(self, finding: Finding, workflow: str, text: str) -> str:
        self.step(lambda: self.notes.append((workflow, text)))
        return self.problem


@dataclass
class FakeSender:
    sent: list[tuple[str, Written]] = field(default_factory=list)
    problem: str = ""
    step: Step = at_once

    def send(self, team: Any, written: Written) -> tuple[str, ...]:
        self.step(lambda: self.sent.append((team.name, written)))
        return (self.problem,) if self.problem else ()


@dataclass
class World:
    """Everything in one place, with a clock that a test sets."""

    matrix: Matrix
    things: Things
    table: FakeTable
    before_states: FakeBefores
    sessions: FakeSessions
    hub: FakeHub
    sender: FakeSender
    parts: Parts
    router: Router
    time: list[datetime]
    switch: list[str]

    @property
    def subjects(self) -> list[str]:
        return [written.subject for _, written in self.sender.sent]

    def pass_by(self, **time: int) -> None:
        self.time[0] += timedelta(**time)

    def route(self, finding: Finding, message: str = "m1") -> str:
        until = self.time[0] + timedelta(minutes=2)
        return self.router.route(finding, Message(message, until)).word


def no_tracker(_: Any) -> Any:
    raise AssertionError("no team has a tracker")


def a_world(
    matrix: Matrix | None = None,
    remediations: Mapping[str, Remediation] | None = None,
    things: Things | None = None,
    table: FakeTable | None = None,
    now: datetime = NOW,
    sleep: Callable[[float], None] = lambda _: None,
    trackers: Trackers | None = None,
    usage: Callable[[Target, int], Evidence] = not_asked,
    step: Step = at_once,
) -> World:
    """A world where BUCKET is open, unless `things` says otherwise."""
    matrix = matrix or a_matrix()
    things = things or Things({BUCKET: True}, step=step)
    table, before_states = table or FakeTable(step=step), FakeBefores(step=step)
    sessions = FakeSessions(things)
    hub, sender, time, switch = FakeHub(step=step), FakeSender(step=step), [now], [""]
    records = Records(table, matrix.rules.keep_days)
    parts = Parts(
        matrix=matrix,
        remediations={"s3.8": CLOSING} if remediations is None else remediations,
        states=States(table, matrix.rules.keep_days),
        records=records,
        engine=Engine(sessions, before_states, records, sleep),
        undos=Undos(sessions, before_states, records),
        runbooks=Runbooks(sessions, sleep),
        budget=Budget(table, matrix.rules, sleep),
        breakers=Breakers(table, matrix.rules),
        switch=lambda: switch[0],
        hub=hub,
        notifier=Notifier(matrix, Digests(table, matrix.rules.digest_minutes), sender),
        rechecks=Rechecks(table),
        tickets=Keeper(matrix, Failures(table, matrix.rules.keep_days), trackers or no_tracker),
        now=lambda: time[0],
        usage=usage,
    )
    router = Router(parts)
    return World(
        matrix, things, table, before_states, sessions, hub, sender, parts, router, time, switch
    )
