"""An organization that is rolled out: what it does in a trial, and who says what it does not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import until
from tests.sandbox.desk import a_desk
from tests.sandbox.parts import (
    ACCOUNTS,
    ALL,
    DEAD,
    DRIFT,
    DRIFT_DEAD,
    FORWARDED,
    LOG_ARCHIVE,
    MUTE,
    QUEUE,
    TABLE,
    WORKING,
    Seen,
)
from tests.sandbox.test_remediation import MEMBER, REGION, SECURITY, World
from tests.sandbox.trial import Trial

PATIENCE, ENOUGH = 120.0, 60.0
"""Seconds that what must go on may take, and that a cut wire has to be noticed in; on an idle
machine either takes ten."""
LATE, SILENT = 30.0, 25
"""Seconds after which a finding that nobody takes is late, in place of an hour; and seconds, of
which each is a period here, that the function may be silent for."""
ASKED = {
    "delivered": "orders-dev",
    "recorded": "orders-dev",
    "recorded there": "management",
    "trailed": "management",
}
"""Whom `verify` asks about a part; else the security account."""
TICKING = 8.0
"""Seconds between two ticks."""


@dataclass
class Drill:
    """The organization with its parts: what each does, and how it says that it cannot."""

    world: World
    finding: dict[str, Any]
    first: str
    """The group that the finding is about."""
    number: int = field(default_factory=lambda: int(time.time()) % 900_000)
    clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def aws(self, service: str, account: str = SECURITY, region: str = REGION) -> Any:
        key = (service, account, region)
        if key not in self.clients:
            self.clients[key] = self.world.sandbox.client(service, account, region=region)
        return self.clients[key]

    def probe(self, may_stop: frozenset[str] = frozenset()) -> Seen:
        """Send a finding, a tick and an alarm; wait until all is done, or all but what may stop is
        and somebody has said so.
        """
        trial = Trial(self, waits=may_stop >= WORKING)
        begun = time.monotonic()
        ticks, done, said = 1, trial.done(), trial.said()
        while not (done == ALL or (said and ALL - may_stop <= done)):
            time.sleep(1)
            spent = time.monotonic() - begun
            others_go_on = ALL - may_stop <= done
            if spent > (ENOUGH if others_go_on else PATIENCE):
                break
            if others_go_on and may_stop and may_stop <= MUTE:
                break
            if spent > ticks * TICKING:
                ticks += 1
                self.world.sandbox.tick()
            else:
                self.world.sandbox.control("POST", "period", {})
            done, said = trial.done(), trial.said()
        if done != ALL and not said:
            stopped = ALL - done
            said = frozenset(
                self.checked() if stopped == FORWARDED else self.verified(sorted(stopped))
            )
        return Seen(done, said)

    def planned(self) -> str:
        """How a plan ends where it cannot: '' when it can."""
        ended = self.world.workspace.run("--sandbox", "plan", "orders-dev")
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        return f"plan ends with {ended.returncode}: {lines[-1]}" if ended.returncode else ""

    def verified(self, stopped: Sequence[str]) -> list[str]:
        """What `verify` finds of where parts have stopped, as whoever runs it reads it."""
        where = sorted({ASKED.get(part, "security") for part in stopped})
        ended = self.world.workspace.run("--sandbox", "verify", *where, "--format", "json")
        probes = [
            probe for stack in json.loads(ended.stdout)["stacks"] for probe in stack["probes"]
        ]
        return [
            f"verify: {probe['what']}: {probe['found']}"
            for probe in probes
            if probe["answer"] not in ("as declared", "on its way")
        ]

    def checked(self) -> Iterator[str]:
        """How the next drift check names a change of which nobody was told."""
        ec2 = self.aws("ec2", MEMBER)
        ec2.disable_ebs_encryption_by_default()
        try:
            ended = self.world.workspace.run("--sandbox", "drift", "orders-dev")
        finally:
            ec2.enable_ebs_encryption_by_default()
        lines = (line.strip() for line in ended.stdout.splitlines())
        yield from (f"drift: {line}" for line in lines if "ebs_encryption_by_default" in line)

    def clear(self) -> None:
        """Nothing waits, no alarm is on, and the function has forgotten what failed."""
        ticks = self.ticks()
        self.world.sandbox.tick()
        until(lambda: self.ticks() > ticks, "the function is not called", PATIENCE)
        end = time.monotonic() + ENOUGH / 3
        while self._waiting() and time.monotonic() < end:
            time.sleep(0.5)
        if self._waiting():  # for what comes again in a quarter of an hour
            until(self._purged, "the queue is not purged", PATIENCE)
        table = self.aws("dynamodb")
        for item in table.scan(TableName=TABLE)["Items"]:
            table.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
        for _ in range(2):
            self.world.sandbox.control("POST", "period", {})

    def _waiting(self) -> bool:
        """Whether somebody is at a finding still; what waits is thrown away."""
        sqs, busy = self.aws("sqs"), False
        for name in (QUEUE, DEAD, DRIFT, DRIFT_DEAD):
            list(self._taken(name))
            shown = sqs.get_queue_attributes(QueueUrl=self._url(name), AttributeNames=["All"])
            left = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
            waiting = any(int(shown["Attributes"][each]) for each in left)
            busy = busy or (waiting and name in (QUEUE, DEAD))
        return busy

    def _purged(self) -> bool:
        """AWS does it once a minute."""
        sqs = self.aws("sqs")
        try:
            sqs.purge_queue(QueueUrl=self._url(QUEUE))
        except sqs.exceptions.PurgeQueueInProgress:
            return False
        return True

    def _taken(self, name: str) -> Iterator[str]:
        """What is in a queue, which is empty then."""
        sqs, url = self.aws("sqs"), self._url(name)
        while some := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in some:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                yield each["Body"]

    def set_aside(self) -> None:
        """A message that is not an event is put aside by the function."""
        sqs, dead = self.aws("sqs"), self._url(DEAD)
        sqs.send_message(QueueUrl=self._url(QUEUE), MessageBody="no event")
        until(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"), "it is not put aside")

    def _url(self, name: str) -> str:
        return str(self.aws("sqs").get_queue_url(QueueName=name)["QueueUrl"])

    def ticks(self) -> int:
        return sum("digests" in line for line in self.world.logged())

    def files(self) -> int:
        """How many CloudTrail has put into the archive, of the member's calls."""
        prefix = f"AWSLogs/o-exampleorg1/{MEMBER}/CloudTrail/{REGION}/"
        pages = self.aws("s3", LOG_ARCHIVE).get_paginator("list_objects_v2")
        found = pages.paginate(Bucket="example-logs-cloudtrail", Prefix=prefix)
        return sum(page["KeyCount"] for page in found)

    def forwarded(self, since: str) -> int:
        """How many calls of a trial have come to the queue; all are taken out. `since` in UTC, for
        one of an earlier trial may come late.
        """
        calls = [json.loads(body)["detail"] for body in self._taken(DRIFT)]
        own = (each for each in calls if each["eventName"] == "EnableEbsEncryptionByDefault")
        return sum(each["eventTime"] >= since for each in own)

    def failed_flow_logs(self) -> Iterator[str]:
        for each in self.aws("ec2", MEMBER).describe_flow_logs()["FlowLogs"]:
            if each["DeliverLogsStatus"] != "SUCCESS":
                yield each["FlowLogId"]

    def failed_recorders(self) -> Iterator[str]:
        for account in ACCOUNTS:
            status = self.aws("config", account).describe_configuration_recorder_status()
            for each in status["ConfigurationRecordersStatus"]:
                if each.get("lastStatus") == "FAILURE":
                    yield account


def in_a_hurry(drill: Drill) -> None:
    """A queue that sets aside what failed once, and alarms that wait for seconds, not for hours."""
    sqs, watch = drill.aws("sqs"), drill.aws("cloudwatch")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{SECURITY}:{DEAD}"}
    attributes = {"RedrivePolicy": json.dumps({**redrive, "maxReceiveCount": 1})}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    kept = (
        *("AlarmName", "AlarmActions", "ComparisonOperator", "Dimensions", "EvaluationPeriods"),
        *("MetricName", "Namespace", "Period", "Statistic", "Threshold", "TreatMissingData"),
    )
    for name, sooner in (("late", {"Threshold": LATE}), ("silent", {"EvaluationPeriods": SILENT})):
        (alarm,) = watch.describe_alarms(AlarmNames=[f"{QUEUE}-{name}"])["MetricAlarms"]
        watch.put_metric_alarm(**{**{each: alarm[each] for each in kept}, **sooner})


MORE = """
drift_events:
  enabled: true
logs:
  forward:
    resolver_queries: archive
    vpc_flow: archive
  vpcs:
    {vpc}: {region}
"""


def rolled_out(folder: Path) -> World:
    """The organization with all that a drill can cut at little cost; its sandbox goes on."""
    workspace = a_desk(folder)
    workspace.done("sandbox", "start")
    home = workspace.work / ".sandbox"
    state = lifecycle.status(home)
    assert state is not None
    sandbox = Sandbox(state.port, state.environment, home)
    (vpc, *_) = sandbox.client("ec2", MEMBER).describe_vpcs()["Vpcs"]
    (orders,) = workspace.project.glob("account_configs/**/orders-dev.yaml")
    more = MORE.format(vpc=vpc["VpcId"], region=REGION)
    orders.write_text(orders.read_text("utf-8") + more, "utf-8")
    workspace.done("--sandbox", "bootstrap", "--yes")
    workspace.done(
        "--sandbox", "apply", "management", "security", "log-archive", "orders-dev", "--yes"
    )
    return World(workspace, sandbox)
