"""A finding here and one there, a tick and an alarm on their way through an organization."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.sandbox.parts import LOG_ARCHIVE, QUEUE
from tests.sandbox.test_remediation import MEMBER, REGION, SSH

if TYPE_CHECKING:
    from tests.sandbox.drill import Drill

TRIAL = f"{QUEUE}-throttles"
"""The alarm that is set off to see whether somebody hears alarms."""
ALARM = re.compile(r'ALARM: "([^"]+)"')
WELL = "It has been fixed"
"""How a message begins that says so."""


@dataclass(frozen=True)
class Site:
    """Where a group is left open, and what follows the names of the parts that see to it."""

    account: str
    region: str
    suffix: str = ""


SITES = (Site(MEMBER, REGION), Site(LOG_ARCHIVE, "us-east-1", " there"))


@dataclass
class Open:
    """A group that is open to the world, and the finding of it, as Security Hub would import it."""

    drill: Drill
    site: Site
    group: str = ""
    finding: str = ""

    def __post_init__(self) -> None:
        self.drill.number += 1
        self.group = self._group(f"drill-{self.drill.number}")
        text = json.dumps(self.drill.finding).replace(self.drill.first, self.group)
        text = text.replace(REGION, self.site.region).replace(MEMBER, self.site.account)
        copy = json.loads(text)
        self.finding = copy["Id"] = f"{copy['Id'][:-6]}{self.drill.number:06d}"
        answer = self._aws("securityhub").batch_import_findings(Findings=[copy])
        assert answer["FailedCount"] == 0, answer

    def done(self) -> Iterator[str]:
        ec2, suffix = self._aws("ec2"), self.site.suffix
        (found,) = ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"]
        if not found["IpPermissions"]:
            yield f"fixed{suffix}"
        if any(mail.startswith(WELL) for mail in self.mails()):
            yield f"told{suffix}"
        if self._status() == "RESOLVED":
            yield f"resolved{suffix}"

    def mails(self) -> list[str]:
        return self.drill.world.told(self.group)

    def _aws(self, service: str) -> Any:
        return self.drill.aws(service, self.site.account, self.site.region)

    def _group(self, name: str) -> str:
        ec2 = self._aws("ec2")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)
        ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[SSH])
        return str(made["GroupId"])

    def _status(self) -> str:
        """As the administrator of Security Hub sees it at home."""
        wanted = {"Id": [{"Value": self.finding, "Comparison": "EQUALS"}]}
        found = self.drill.aws("securityhub").get_findings(Filters=wanted)["Findings"]
        return str(found[0]["Workflow"]["Status"]) if found else ""


class Trial:
    """What is on its way. `waits` is whether nobody may come for a finding at all."""

    def __init__(self, drill: Drill, *, waits: bool) -> None:
        self.drill = drill
        self.expected = {TRIAL} if waits else {TRIAL, f"{QUEUE}-late"}
        self.ticks, self.messages = drill.ticks(), len(drill.world.sandbox.messages())
        files = drill.files()
        self.open = [Open(drill, site) for site in SITES]
        drill.world.sandbox.tick()
        for state in ("OK", "ALARM"):
            drill.aws("cloudwatch").set_alarm_state(
                AlarmName=TRIAL, StateValue=state, StateReason="The drill."
            )
        self.since, self.forwarded = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", 0
        drill.aws("ec2", MEMBER).enable_ebs_encryption_by_default()
        drill.world.sandbox.deliver()
        self.trailed = drill.files() > files

    def done(self) -> frozenset[str]:
        """Which parts have done what they are there for."""
        failed = set(self.drill.failed_recorders())
        self.forwarded += self.drill.forwarded(self.since)
        steps = {
            "ticked": self.drill.ticks() > self.ticks,
            "heard": self._heard(),
            "trailed": self.trailed,
            "delivered": not list(self.drill.failed_flow_logs()),
            "forwarded": self.forwarded > 0,
            "recorded": MEMBER not in failed,
            "recorded there": not failed - {MEMBER},
        }
        found = {name for name, holds in steps.items() if holds}
        return frozenset(found.union(*(each.done() for each in self.open)))

    def said(self) -> frozenset[str]:
        """Alarms that went off, and what a team was told about a group but that it is fixed."""
        watch, sandbox = self.drill.aws("cloudwatch"), self.drill.world.sandbox
        on = watch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
        heard = [ALARM.match(m["subject"]) for m in sandbox.messages()[self.messages :]]
        alarms = {alarm["AlarmName"] for alarm in on} | {each[1] for each in heard if each}
        mails = {f"mail: {mail.splitlines()[0]}" for each in self.open for mail in each.mails()}
        bad = {mail for mail in mails if not mail.startswith(f"mail: {WELL}")}
        return frozenset((alarms - self.expected) | bad)

    def _heard(self) -> bool:
        new = self.drill.world.sandbox.messages()[self.messages :]
        return any(m["subject"].startswith(f'ALARM: "{TRIAL}"') for m in new)
