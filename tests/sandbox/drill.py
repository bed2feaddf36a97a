"""What an organization rolled out does when it is whole, which wire each part hangs on, and who
says so when a part has stopped.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.sandbox.calls import until
from tests.sandbox.test_remediation import MEMBER, REGION, SECURITY, World, arn
from tests.sandbox.wires import Wire

MANAGEMENT, LOG_ARCHIVE = "200000000001", "200000000003"
ACCOUNTS = (MANAGEMENT, SECURITY, LOG_ARCHIVE, MEMBER)
QUEUE, DEAD, TABLE = (
    "orchestrator-findings",
    "orchestrator-findings-dead",
    "orchestrator-remediation",
)
PATIENCE = 120.0
"""Seconds that a cut wire has to be noticed in; on an idle machine it takes ten."""
LATE, SILENT = 20.0, 25
"""Seconds after which a finding that nobody takes is late, in place of an hour; and seconds, of
which each is a period here, that the function may be silent for."""
TICKING = 8.0
"""Seconds between two ticks."""
TRIAL = f"{QUEUE}-throttles"
"""The alarm that is set off to see whether somebody hears alarms."""
ALARM = re.compile(r'ALARM: "([^"]+)"')
WELL = "It has been fixed"
"""How a message begins that says so."""

FIXING = frozenset({"fixed", "resolved"})
WORKING = FIXING | {"told"}
FUNCTION = WORKING | {"ticked"}
ARCHIVE = frozenset({"recorded", "trailed"})
ALL = FUNCTION | ARCHIVE | {"heard"}
"""fixed, told, resolved: what becomes of a finding, the last in Security Hub. ticked: the function
has said that it was called for what is due. heard: an alarm reached its topic. trailed: CloudTrail
has delivered. recorded: no recorder of AWS Config has failed."""

MUTE = ARCHIVE | {"heard"}
"""What no alarm watches: `verify` has to say it."""

STOPS: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("queue", "*", "*", WORKING),
    ("topic", "*", "*", frozenset({"heard"})),
    ("function", "*", "Tick", frozenset({"ticked"})),
    ("bucket", "*", "*", ARCHIVE),
    ("key", "*alias/orchestrator-team", "AlarmsSpeak", frozenset({"heard"})),
    ("key", "*alias/orchestrator-team", "*", frozenset({"heard", "resolved", "told"})),
    ("key", f"*alias/{TABLE}", "EventBridgeSends", WORKING),
    ("key", f"*alias/{TABLE}", "LogsEncrypt", frozenset({"ticked"})),
    ("key", f"*alias/{TABLE}", "*", FUNCTION),
    ("key", f"*:{LOG_ARCHIVE}:*", "*", ARCHIVE),
    ("*", "*role/orchestrator-events-findings", "*", WORKING),
    ("trust", f"*role/{QUEUE}", "*", FUNCTION),
    ("permission", f"*role/{QUEUE}", "TellsTeams", frozenset({"told"})),
    ("permission", f"*role/{QUEUE}", "EncryptsMessages", frozenset({"told"})),
    ("permission", f"*role/{QUEUE}", "NotesOnFindings", frozenset({"resolved"})),
    ("permission", f"*role/{QUEUE}", "EntersAccounts", WORKING),
    ("permission", f"*role/{QUEUE}", "TakesFindings", WORKING),
    ("permission", f"*role/{QUEUE}", "KeepsStates", WORKING),
    ("permission", f"*role/{QUEUE}", "ReadsTheSwitch", WORKING),
    ("permission", f"*role/{QUEUE}", "WritesLogs", frozenset({"ticked"})),
    ("permission", f"*role/{QUEUE}", "*", FUNCTION),
    ("*", f"*:{MEMBER}:role/orchestrator-remediation", "*", FIXING | {"told"}),
    ("organization", "*", "*", FIXING | {"told"}),
    ("service-linked role", "*", "*", frozenset({"recorded"})),
)
"""What may stop without a wire: kind, holder, of a key its alias, and name, the first that fits.
Everything else has to go on. A finding whose fix is refused is told to the team or comes again."""


def stops(wire: Wire, holder: str) -> frozenset[str]:
    """Which parts may stop without the wire; `holder` as in STOPS."""
    for kind, where, name, parts in STOPS:
        asked = ((wire.kind, kind), (holder, where), (wire.name, name))
        if all(fnmatchcase(value, pattern) for value, pattern in asked):
            return parts
    return frozenset()


@dataclass(frozen=True)
class Seen:
    """What a probe saw: what was done of all that should be, and who said that it was not."""

    done: frozenset[str]
    said: frozenset[str]


WHOLE = Seen(ALL, frozenset())


@dataclass
class Drill:
    """The organization with its parts: what each does, and how it says that it cannot."""

    world: World
    finding: dict[str, Any]
    number: int = field(default_factory=lambda: int(time.time()) % 900_000)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def aws(self, service: str, account: str = SECURITY) -> Any:
        key = (service, account)
        if key not in self.clients:
            self.clients[key] = self.world.sandbox.client(service, account)
        return self.clients[key]

    def probe(self, may_stop: frozenset[str] = frozenset()) -> Seen:
        """Send a finding, a tick and an alarm; wait until all is done, or all but what may stop is
        and somebody has said so.
        """
        trial = Trial(self)
        begun = time.monotonic()
        ticks, done, said = 1, trial.done(), trial.said()
        while not (done == ALL or (said and ALL - may_stop <= done)):
            time.sleep(1)
            spent = time.monotonic() - begun
            if spent > PATIENCE or (may_stop <= MUTE and may_stop and ALL - may_stop <= done):
                break
            if spent > ticks * TICKING:
                ticks += 1
                self.world.sandbox.tick()
            else:
                self.world.sandbox.control("POST", "period", {})
            done, said = trial.done(), trial.said()
        if done != ALL and not said:
            said = frozenset(self.verified())
        return Seen(done, said)

    def planned(self) -> str:
        """How a plan ends where it cannot: '' when it can."""
        ended = self.world.desk.run("--sandbox", "plan", "orders-dev")
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        return f"plan ends with {ended.returncode}: {lines[-1]}" if ended.returncode else ""

    def verified(self) -> list[str]:
        """What `verify` finds, as whoever runs it reads it."""
        ended = self.world.desk.run(
            *("--sandbox", "verify", "management", "security", "orders-dev", "--format", "json")
        )
        probes = [
            probe for stack in json.loads(ended.stdout)["stacks"] for probe in stack["probes"]
        ]
        return [
            f"verify: {probe['what']}: {probe['found']}"
            for probe in probes
            if probe["answer"] not in ("as declared", "on its way")
        ]

    def clear(self) -> None:
        """Nothing waits, no alarm is on, and the function has forgotten what failed."""
        ticks = self.ticks()
        self.world.sandbox.tick()
        until(lambda: not self._waiting() and self.ticks() > ticks, "the function is not idle")
        table = self.aws("dynamodb")
        for item in table.scan(TableName=TABLE)["Items"]:
            table.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
        for _ in range(2):
            self.world.sandbox.control("POST", "period", {})

    def _waiting(self) -> bool:
        """Whether somebody is at a message still; those that wait are thrown away."""
        sqs, busy = self.aws("sqs"), False
        for name in (QUEUE, DEAD):
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
                "Messages", ()
            ):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            left = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
            busy = busy or any(int(shown[name]) for name in left)
        return busy

    def ticks(self) -> int:
        return sum("digests" in line for line in self.world.logged())

    def files(self) -> int:
        """How many CloudTrail has put into the archive, of the member's calls."""
        prefix = f"AWSLogs/o-exampleorg1/{MEMBER}/CloudTrail/{REGION}/"
        pages = self.aws("s3", LOG_ARCHIVE).get_paginator("list_objects_v2")
        found = pages.paginate(Bucket="example-logs-cloudtrail", Prefix=prefix)
        return sum(page["KeyCount"] for page in found)

    def failed_recorders(self) -> Iterable[str]:
        for account in ACCOUNTS:
            status = self.aws("config", account).describe_configuration_recorder_status()
            for each in status["ConfigurationRecordersStatus"]:
                if each.get("lastStatus") == "FAILURE":
                    yield account


class Trial:
    """One finding, one tick and one alarm on their way."""

    def __init__(self, drill: Drill) -> None:
        self.drill = drill
        self.ticks, self.messages = drill.ticks(), len(drill.world.sandbox.messages())
        files = drill.files()
        self.group = self._send()
        drill.world.sandbox.tick()
        for state in ("OK", "ALARM"):
            drill.aws("cloudwatch").set_alarm_state(
                AlarmName=TRIAL, StateValue=state, StateReason="The drill."
            )
        drill.world.sandbox.deliver()
        self.trailed = drill.files() > files

    def done(self) -> frozenset[str]:
        """Which parts have done what they are there for."""
        drill, world = self.drill, self.drill.world
        steps = {
            "fixed": not world.is_open(self.group),
            "told": any(mail.startswith(WELL) for mail in world.told(self.group)),
            "resolved": self._status() == "RESOLVED",
            "ticked": drill.ticks() > self.ticks,
            "heard": self._heard(),
            "trailed": self.trailed,
            "recorded": not list(drill.failed_recorders()),
        }
        return frozenset(name for name, holds in steps.items() if holds)

    def said(self) -> frozenset[str]:
        """Alarms that went off, and what a team was told about the group but that it is fixed."""
        watch, world = self.drill.aws("cloudwatch"), self.drill.world
        on = watch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        heard = [ALARM.match(m["subject"]) for m in world.sandbox.messages()[self.messages :]]
        alarms = {alarm["AlarmName"] for alarm in on} | {each[1] for each in heard if each}
        mails = {f"mail: {mail.splitlines()[0]}" for mail in world.told(self.group)}
        bad = {mail for mail in mails if not mail.startswith(f"mail: {WELL}")}
        return frozenset((alarms - {TRIAL}) | bad)

    def _send(self) -> str:
        """A group open to the world, and the finding of it, as Security Hub would import it."""
        drill = self.drill
        drill.number += 1
        group = drill.world.open_group(f"drill-{drill.number}")
        before = drill.finding["Resources"][0]["Id"]
        copy = json.loads(json.dumps(drill.finding).replace(before, arn(group)))
        self.finding = copy["Id"] = f"{drill.finding['Id'][:-6]}{drill.number:06d}"
        answer = drill.aws("securityhub", MEMBER).batch_import_findings(Findings=[copy])
        assert answer["FailedCount"] == 0, answer
        return group

    def _status(self) -> str:
        wanted = {"Id": [{"Value": self.finding, "Comparison": "EQUALS"}]}
        (found,) = self.drill.aws("securityhub").get_findings(Filters=wanted)["Findings"]
        return str(found["Workflow"]["Status"])

    def _heard(self) -> bool:
        new = self.drill.world.sandbox.messages()[self.messages :]
        return any(m["subject"].startswith(f'ALARM: "{TRIAL}"') for m in new)


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
