"""One wire is cut at a time in an organization rolled out: its part stops, says so, the others go
on; mended, it works again. What no cut can stop is printed as unproven, with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.sandbox import journal
from orchestrator.sandbox.policy import Question, applies, parse
from tests.sandbox.test_remediation import (
    CONTROL,
    MEMBER,
    REGION,
    SECURITY,
    World,
    arn,
    world,
)
from tests.sandbox.wires import Shelf, Wire, shelves

__all__ = ["world"]

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

MANAGEMENT, LOG_ARCHIVE = "200000000001", "200000000003"
ACCOUNTS = (MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER)
QUEUE, DEAD = "orchestrator-findings", "orchestrator-findings-dead"
PATIENCE = 120.0
"""Seconds that a cut wire has to be noticed in; on an idle machine it takes ten."""
LATE = 30.0
"""Seconds after which a finding that nobody takes is late, in place of an hour."""


@dataclass
class Seen:
    """What a probe saw: what was done of all that should be, and who said that it was not."""

    done: frozenset[str]
    said: frozenset[str]


@dataclass
class Drill:
    """The organization with its parts: what each does, and how it says that it cannot."""

    world: World
    finding: dict[str, Any]
    number: int = 0
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def aws(self, service: str, account: str = SECURITY) -> Any:
        key = (service, account)
        if key not in self.clients:
            self.clients[key] = self.world.sandbox.client(service, account)
        return self.clients[key]

    def send(self) -> str:
        """A group open to the world, and the finding of it, as Security Hub would import it."""
        self.number += 1
        group = self.world.open_group(f"drill-{self.number}")
        copy = json.loads(
            json.dumps(self.finding).replace(self.finding["Resources"][0]["Id"], arn(group))
        )
        copy["Id"] = f"{self.finding['Id'][:-6]}{self.number:06d}"
        answer = self.aws("securityhub", MEMBER).batch_import_findings(Findings=[copy])
        assert answer["FailedCount"] == 0, answer
        return group

    def done(self, group: str, ticks: int) -> frozenset[str]:
        """Of the way of a finding, and of the tick, what has happened."""
        steps = {
            "fixed": not self.world.is_open(group),
            "told": bool(self.world.told(group)),
            "ticked": self.ticks() > ticks,
        }
        return frozenset(name for name, holds in steps.items() if holds)

    def ticks(self) -> int:
        return sum("digests" in line for line in self.world.logged())

    def alarms(self) -> frozenset[str]:
        found = self.aws("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
        return frozenset(alarm["AlarmName"] for alarm in found)

    def deliveries(self) -> list[str]:
        """As `verify` asks for them."""
        trail = self.aws("cloudtrail", MANAGEMENT)
        found = [
            f"trail {each['Name']}"
            for each in trail.describe_trails()["trailList"]
            if trail.get_trail_status(Name=each["TrailARN"]).get("LatestDeliveryError")
        ]
        for account in (SECURITY, MEMBER):
            config = self.aws("config", account)
            status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
            found += [f"config {account}" for each in status if each.get("lastStatus") == "FAILURE"]
        return found

    def probe(self) -> Seen:
        """Send a finding and a tick; wait until all is done, or an alarm says that it is not."""
        before, group = self.ticks(), self.send()
        self.world.sandbox.tick()
        end = time.monotonic() + PATIENCE
        done, alarms = self.done(group, before), self.alarms()
        while done != ALL and not alarms and time.monotonic() < end:
            time.sleep(1)
            self.world.sandbox.control("POST", "period", {})
            done, alarms = self.done(group, before), self.alarms()
        return Seen(done, alarms | frozenset(self.deliveries()))

    def clear(self) -> None:
        """Nothing waits and no alarm is on."""
        sqs = self.aws("sqs")
        for name in (QUEUE, DEAD):
            sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
        for _ in range(2):
            self.world.sandbox.control("POST", "period", {})


@pytest.fixture(scope="module")
def drill(world: World) -> Drill:
    """With a queue that sets aside what failed once, and half a minute for late."""
    group = world.open_group("drill-first")
    world.scan()
    hub = world.sandbox.client("securityhub", MEMBER)
    wanted = {
        "ComplianceSecurityControlId": [{"Value": CONTROL, "Comparison": "EQUALS"}],
        "ResourceId": [{"Value": arn(group), "Comparison": "EQUALS"}],
    }
    (found,) = hub.get_findings(Filters=wanted)["Findings"]
    kept = (
        *("SchemaVersion", "Id", "ProductArn", "GeneratorId", "AwsAccountId", "Types", "CreatedAt"),
        *("UpdatedAt", "Severity", "Title", "Description", "Resources", "Compliance"),
    )
    made = Drill(world, {name: found[name] for name in kept})
    _in_a_hurry(made)
    return made


def _in_a_hurry(drill: Drill) -> None:
    sqs = drill.aws("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{SECURITY}:{DEAD}"}
    attributes = {"RedrivePolicy": json.dumps({**redrive, "maxReceiveCount": 1})}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    watch = drill.aws("cloudwatch")
    (late,) = watch.describe_alarms(AlarmNames=[f"{QUEUE}-late"])["MetricAlarms"]
    kept = (
        *("AlarmName", "AlarmActions", "ComparisonOperator", "Dimensions", "EvaluationPeriods"),
        *("MetricName", "Namespace", "Period", "Statistic", "TreatMissingData"),
    )
    watch.put_metric_alarm(**{name: late[name] for name in kept}, Threshold=LATE)


Reason = str


@dataclass(frozen=True)
class Calls:
    """What roles were seen doing since the sandbox began: action and resource, by role."""

    made: Mapping[str, frozenset[tuple[str, str]]]

    def need(self, wire: Wire, found: Sequence[Shelf]) -> bool:
        """Whether a call of the role was allowed by this statement and by no other of its own."""
        others = [
            statement
            for shelf in found
            if (shelf.kind, shelf.holder) == (wire.kind, wire.holder)
            for statement in shelf.document["Statement"]
            if statement != wire.statement and statement["Effect"] == "Allow"
        ]
        calls = self.made.get(wire.holder, frozenset())
        return any(
            _allows(wire.statement, call) and not any(_allows(other, call) for other in others)
            for call in calls
        )


def _allows(statement: dict[str, Any], call: tuple[str, str]) -> bool:
    """Conditions are taken for met: the call was."""
    (parsed,) = parse(json.dumps({"Statement": [statement]}))
    action, resource = call
    return applies(replace(parsed, conditions=()), Question(action, resource or "*"))


def calls_of(world: World) -> Calls:
    made: dict[str, set[tuple[str, str]]] = {}
    for entry in journal.read(world.sandbox.home):
        if entry.get("action"):
            call = (str(entry["action"]), str(entry.get("resource") or ""))
            made.setdefault(str(entry["role"]), set()).add(call)
    return Calls({role: frozenset(some) for role, some in made.items()})


FLOW = (QUEUE, "orchestrator-events-findings", "orchestrator-remediation")
"""The roles that run by themselves; all others are a person's or a pipeline's."""


def reason(wire: Wire, found: Sequence[Shelf], calls: Calls) -> Reason:
    """Why the wire is not cut; '' where it is. REPLAYED where its calls say enough."""
    principal = wire.statement.get("Principal") or {}
    people = isinstance(principal, dict) and set(principal) == {"AWS"}
    if wire.kind == "key" and people:
        return "the account itself: a key that nobody may administer is never mended"
    if wire.kind == "permission" and wire.holder.rpartition("/")[2] not in FLOW:
        needed = calls.need(wire, found)
        return REPLAYED if needed else "no call of this roll-out needs it"
    if wire.kind == "permission" and not calls.need(wire, found):
        return "this control and this finding do not call it: its own remediation's test does"
    if wire.kind == "trust" and wire.holder.rpartition("/")[2] not in FLOW:
        return "a command that cannot be the role ends and names it"
    if wire.kind in ("queue", "topic", "bucket") and people:
        return "lets a reader in: nothing is delivered by it"
    return ""


REPLAYED = "replayed"


@contextmanager
def cut(wire: Wire) -> Iterator[None]:
    wire.cut()
    try:
        yield
    finally:
        wire.mend()


def keys(drill: Drill, found: Sequence[Shelf]) -> Iterator[Wire]:
    """Each key as a whole: disabled, and about to be deleted."""
    for shelf in (each for each in found if each.kind == "key"):
        arn_of, key = shelf.holder, shelf.holder.rpartition("/")[2]
        kms = drill.aws("kms", arn_of.split(":")[4])

        def disable(kms: Any = kms, key: str = key) -> None:
            kms.disable_key(KeyId=key)

        def enable(kms: Any = kms, key: str = key) -> None:
            kms.enable_key(KeyId=key)

        def delete(kms: Any = kms, key: str = key) -> None:
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

        def keep(kms: Any = kms, key: str = key) -> None:
            kms.cancel_key_deletion(KeyId=key)
            kms.enable_key(KeyId=key)

        yield Wire("key", arn_of, "disabled", disable, enable)
        yield Wire("key", arn_of, "to be deleted", delete, keep)


def above(drill: Drill) -> Iterator[Wire]:
    """What the organization and AWS lay over an account: a policy that denies, a service's role."""
    organizations, iam = drill.aws("organizations", MANAGEMENT), drill.aws("iam", MEMBER)
    made: list[str] = []

    def deny() -> None:
        statement = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
        policy = organizations.create_policy(
            Name="drill",
            Description="For the drill.",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        made.append(policy["Policy"]["PolicySummary"]["Id"])
        organizations.attach_policy(PolicyId=made[-1], TargetId=MEMBER)

    def allow() -> None:
        organizations.detach_policy(PolicyId=made[-1], TargetId=MEMBER)
        organizations.delete_policy(PolicyId=made.pop())

    def without() -> None:
        iam.delete_service_linked_role(RoleName="AWSServiceRoleForConfig")

    def again() -> None:
        iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")

    member = f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorg1/{MEMBER}"
    yield Wire("organization", member, "policy that denies ec2", deny, allow)
    role = f"arn:aws:iam::{MEMBER}:role/aws-service-role/config.amazonaws.com/X"
    yield Wire("service-linked role", role, "missing", without, again)


@dataclass
class Book:
    """What came of each wire."""

    noticed: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unproven: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    replayed: int = 0

    def enter(self, wire: Wire, seen: Seen) -> str:
        stopped = sorted(ALL - seen.done)
        line = f"{wire}: stopped {stopped}, said {sorted(seen.said)}"
        if seen.said:
            self.noticed.append(line)
        elif stopped:
            self.silent.append(line)
        else:
            self.leave(wire, "nothing stopped without it")
        return line

    def leave(self, wire: Wire, why: Reason) -> None:
        if why == REPLAYED:
            self.replayed += 1
            return
        self.unproven[wire.kind, why] += 1
        self.names.append(f"{wire}: {why}")

    def lines(self, wires: int) -> Iterator[str]:
        broken = len(self.noticed) + len(self.silent)
        yield f"wires {wires}, broken {broken}, noticed {len(self.noticed)}"
        yield f"replayed without the statement, and refused: {self.replayed}"
        yield from (f"not noticed: {line}" for line in self.silent)
        for (kind, why), number in sorted(self.unproven.items()):
            yield f"unproven: {number} {kind}: {why}"
        yield from (f"  {name}" for name in self.names)


ALL = frozenset({"fixed", "told", "ticked"})


def test_every_wire_that_is_cut_is_noticed_and_mended(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    drill.clear()  # of what the roll-out itself has tripped
    whole = drill.probe()
    assert whole == Seen(ALL, frozenset()), whole
    calls = calls_of(drill.world)
    found = shelves(drill.world.sandbox, ACCOUNTS, REGION)
    own = (wire for shelf in found for wire in shelf.wires())
    wires = [*own, *keys(drill, found), *above(drill)]
    book = Book()
    for wire in wires:
        why = reason(wire, found, calls) if wire.statement else ""
        if why:
            book.leave(wire, why)
            continue
        try:
            with cut(wire):
                seen = drill.probe()
        except ClientError as refused:
            book.leave(wire, f"AWS does not let it be cut: {refused.response['Error']['Code']}")
            continue
        line = book.enter(wire, seen)
        drill.clear()
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(book.lines(len(wires))) + "\n")
    assert drill.probe() == Seen(ALL, frozenset())
    assert book.silent == []
    assert book.noticed
