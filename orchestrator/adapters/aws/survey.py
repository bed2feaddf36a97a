"""An organization, looked at with whatever credentials read. Every call is in CALLS, and a read.

What AWS refuses is noted with call, account and region, and the survey goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from orchestrator.adapters.aws.inventory import AwsInventory
from orchestrator.adapters.aws.session import AwsSession, Identity
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.survey import (
    OpenFinding,
    ServiceState,
    State,
    Survey,
    SurveyedAccount,
    Unseen,
)

CALLS = (
    "accessanalyzer:ListAnalyzers",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetTrailStatus",
    "config:DescribeConfigurationRecorderStatus",
    "ec2:DescribeRegions",
    "guardduty:GetDetector",
    "guardduty:ListDetectors",
    "organizations:DescribeOrganization",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListPolicies",
    "organizations:ListRoots",
    "securityhub:DescribeHub",
    "securityhub:DescribeOrganizationConfiguration",
    "securityhub:GetEnabledStandards",
    "securityhub:GetFindings",
    "securityhub:ListFindingAggregators",
    "securitylake:ListDataLakes",
)
"""All that a survey asks besides who the caller is, which needs no permission."""

PREFIXES = {"accessanalyzer": "access-analyzer"}
"""What IAM calls a service, where it is not as the API does."""
AT_ONCE = 16
LONGEST = 160
"""Characters of what AWS says."""
CSPM_POLICY = "SECURITYHUB_CSPM_POLICY"
NOT_THERE = frozenset(
    {"InvalidAccessException", "ResourceNotFoundException", "AWSOrganizationsNotInUseException"}
)
"""What AWS says where a service is not on, instead of refusing."""
STANDARD = re.compile(r"(?:standards|ruleset)/(.+)$")
OPEN: Mapping[str, Sequence[Mapping[str, str]]] = {
    "ComplianceStatus": [{"Value": "FAILED", "Comparison": "EQUALS"}],
    "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    "WorkflowStatus": [
        {"Value": "NEW", "Comparison": "EQUALS"},
        {"Value": "NOTIFIED", "Comparison": "EQUALS"},
    ],
}


def policy() -> Mapping[str, object]:
    """An IAM policy that is enough for a survey, and changes nothing."""
    names = (call.partition(":") for call in CALLS)
    actions = sorted(f"{PREFIXES.get(service, service)}:{name}" for service, _, name in names)
    # Lists and settings of accounts: none has a name to be held to.
    reads = {"Sid": "Surveys", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [reads]}


Answer = TypeVar("Answer")


@dataclass(slots=True)
class Surveyor:
    """`role` is the name of a role to look into the other accounts with; '' for none."""

    caller: AwsSession
    home: str
    role: str = ""
    most: int = 10_000
    """Findings that are read."""
    unread: list[Unseen] = field(default_factory=list)

    def look(self, regions: Sequence[str], now: datetime) -> Survey:
        """Raises AwsDenied if AWS does not say who the caller is; nothing that it says later."""
        who = self.caller.identity()
        chosen = tuple(regions) or self._regions(who.account)
        survey = Survey(now, who.arn, who.account, chosen)
        survey = self._organization(survey)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sessions = self._sessions(pool, survey, who)
            of_accounts = [
                pool.submit(self._services, aws, account, region)
                for account, aws in sessions.items()
                for region in ("", *chosen)
            ]
            survey = self._hub(survey, who.account, now)
            services = [row for future in of_accounts for row in future.result()]
        looked = (replace(a, looked_into=a.id in sessions) for a in survey.accounts)
        return replace(
            survey,
            accounts=tuple(looked),
            services=tuple(sorted(services, key=lambda s: (s.account, s.service, s.region))),
            unread=tuple(sorted({*self.unread}, key=lambda u: (u.call, u.account, u.region))),
        )

    def _regions(self, account: str) -> tuple[str, ...]:
        found = self._call(account, "ec2", "DescribeRegions", self.home)
        names = (each["RegionName"] for each in (found or {}).get("Regions", ()))
        return tuple(sorted(names)) or (self.home,)

    def _organization(self, survey: Survey) -> Survey:
        own, account = (SurveyedAccount(survey.account),), survey.account
        described = self._call(account, "organizations", "DescribeOrganization")
        if described is None:
            return replace(survey, accounts=own)
        listed = self._asked(account, "", "organizations:ListAccountsForParent", self._accounts)
        roots = self._pages(account, "organizations", "ListRoots", "Roots")
        types = roots[0]["PolicyTypes"] if roots else ()
        enabled = sorted(each["Type"] for each in types if each["Status"] == "ENABLED")
        policies = {kind: self._policies(account, kind) for kind in enabled}
        return replace(
            survey,
            organization=described["Organization"]["Id"],
            management=described["Organization"]["MasterAccountId"],
            accounts=listed or own,
            policies=policies,
            mode="policy" if policies.get(CSPM_POLICY) else "",
        )

    def _accounts(self) -> tuple[SurveyedAccount, ...]:
        return tuple(_accounts(AwsInventory(lambda: self.caller)))

    def _policies(self, account: str, kind: str) -> tuple[str, ...]:
        found = self._pages(account, "organizations", "ListPolicies", "Policies", Filter=kind)
        return tuple(sorted(each["Name"] for each in found))

    def _sessions(
        self, pool: ThreadPoolExecutor, survey: Survey, who: Identity
    ) -> Mapping[str, AwsSession]:
        """By account: the caller's own, and those that the role lets into."""
        others = [a.id for a in survey.accounts if a.id != who.account] if self.role else []
        entered = pool.map(lambda account: self._enter(account, who), others)
        found = {account: aws for account, aws in zip(others, entered, strict=True) if aws}
        return {who.account: self.caller, **found}

    def _enter(self, account: str, who: Identity) -> AwsSession | None:
        partition = who.arn.split(":")[1]
        arn = f"arn:{partition}:iam::{account}:role/{self.role}"
        keys = self._asked(
            account,
            "",
            "sts:AssumeRole",
            lambda: self.caller.assume(arn, "orchestrator-survey", policy=json.dumps(policy())),
        )
        return self.caller.acting_as(keys, account, arn) if keys else None

    def _services(self, aws: AwsSession, account: str, region: str) -> list[ServiceState]:
        looks = REGIONAL if region else GLOBAL
        return [
            self._service(aws, account, region, service, call, look)
            for service, (call, look) in looks.items()
        ]

    def _service(
        self, aws: AwsSession, account: str, region: str, service: str, call: str, look: Any
    ) -> ServiceState:
        try:
            state, note = look(aws, region or self.home)
        except Refused as refusal:
            if refusal.code in NOT_THERE:
                return ServiceState(account, region, service, State.OFF)
            self._note(refusal, call, account, region)
            return ServiceState(account, region, service, State.UNKNOWN)
        return ServiceState(account, region, service, state, note)

    def _hub(self, survey: Survey, account: str, now: datetime) -> Survey:
        """What Security Hub tells its administrator: how it is governed, and all that fails."""
        key = "FindingAggregators"
        found = self._pages(account, "securityhub", "ListFindingAggregators", key, self.home)
        homes = [each["FindingAggregatorArn"].split(":")[3] for each in found]
        mode = survey.mode or self._mode(account, homes[0] if homes else self.home)
        findings: list[OpenFinding] = []
        for region in homes or survey.regions:
            read = partial(self._open, region, now, self.most + 1 - len(findings))
            findings += self._asked(account, region, "securityhub:GetFindings", read) or ()
        shown = sorted(
            findings[: self.most], key=lambda each: (each.control, each.account, each.region)
        )
        return replace(survey, mode=mode, findings=tuple(shown), cut=len(findings) > self.most)

    def _open(self, region: str, now: datetime, most: int) -> list[OpenFinding]:
        return list(islice(_open(self.caller, region, now), most))

    def _mode(self, account: str, region: str) -> str:
        found = self._call(account, "securityhub", "DescribeOrganizationConfiguration", region)
        kind = (found or {}).get("OrganizationConfiguration", {}).get("ConfigurationType", "")
        return str(kind).lower() or ("local" if found else "")

    def _call(
        self, account: str, service: str, operation: str, region: str = "", **parameters: object
    ) -> Any:
        """The answer; None where AWS refuses, which is noted."""
        ask = partial(self.caller.call, service, operation, region, **parameters)
        return self._asked(account, region, f"{service}:{operation}", ask)

    def _pages(
        self,
        account: str,
        service: str,
        operation: str,
        key: str,
        region: str = "",
        **parameters: object,
    ) -> list[Any]:
        ask = partial(self.caller.pages, service, operation, key, region, **parameters)
        return self._asked(account, region, f"{service}:{operation}", ask) or []

    def _asked(
        self, account: str, region: str, call: str, ask: Callable[[], Answer]
    ) -> Answer | None:
        try:
            return ask()
        except Refused as refusal:
            self._note(refusal, call, account, region)
            return None

    def _note(self, refusal: Refused, call: str, account: str, region: str) -> None:
        named = refusal.call if refusal.call in CALLS else call
        self.unread.append(Unseen(named, account, region, refusal.reason[:LONGEST]))


def _accounts(inventory: AwsInventory) -> Iterator[SurveyedAccount]:
    branches, members = inventory.tree()
    names: dict[str, str] = {}
    for branch in branches:
        above = names.get(branch.parent, "")
        names[branch.id] = f"{above}/{branch.name}" if above else branch.name
    for member in members:
        ou = names.get(member.parent, "")
        yield SurveyedAccount(member.id, member.name, ou, member.standing.value)


def _open(aws: AwsSession, region: str, now: datetime) -> Iterator[OpenFinding]:
    """What fails. A finding that says less than it must counts as of an unknown control."""
    for page in aws.each_page("securityhub", "GetFindings", region, Filters=OPEN, MaxResults=100):
        for each in page["Findings"]:
            yield OpenFinding(
                str(each.get("Compliance", {}).get("SecurityControlId", "")),
                str(each.get("Title", "")),
                str(each.get("Severity", {}).get("Label", "")).lower(),
                str(each.get("AwsAccountId", "")),
                str(each.get("Region", region)),
                _days(str(each.get("CreatedAt", "")), now),
            )


def _days(text: str, now: datetime) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return max(0, (now - (at if at.tzinfo else at.replace(tzinfo=UTC))).days)


Look = tuple[State, str]


def _security_hub(aws: AwsSession, region: str) -> Look:
    aws.call("securityhub", "DescribeHub", region)
    found = aws.pages("securityhub", "GetEnabledStandards", "StandardsSubscriptions", region)
    names = sorted(_standard(each["StandardsArn"]) for each in found)
    return State.ON, ", ".join(names) or "no standard is on"


def _standard(arn: str) -> str:
    match = STANDARD.search(arn)
    return match[1] if match else arn


def _config(aws: AwsSession, region: str) -> Look:
    answer = aws.call("config", "DescribeConfigurationRecorderStatus", region)
    found = answer["ConfigurationRecordersStatus"]
    if not found:
        return State.OFF, "no recorder"
    on = any(each.get("recording") for each in found)
    return (State.ON, "") if on else (State.OFF, "the recorder is stopped")


def _guardduty(aws: AwsSession, region: str) -> Look:
    for detector in aws.pages("guardduty", "ListDetectors", "DetectorIds", region):
        status = aws.call("guardduty", "GetDetector", region, DetectorId=detector)["Status"]
        return (State.ON, "") if status == "ENABLED" else (State.OFF, "the detector is suspended")
    return State.OFF, ""


def _analyzers(aws: AwsSession, region: str) -> Look:
    found = aws.pages("accessanalyzer", "ListAnalyzers", "analyzers", region)
    kinds = sorted({each["type"] for each in found if each.get("status") == "ACTIVE"})
    return (State.ON, ", ".join(kinds)) if kinds else (State.OFF, "")


def _trails(aws: AwsSession, home: str) -> Look:
    """Whether a trail of all regions logs; one of the organization says so."""
    notes = []
    for trail in aws.call("cloudtrail", "DescribeTrails", home)["trailList"]:
        where = trail.get("HomeRegion", home)
        status = aws.call("cloudtrail", "GetTrailStatus", where, Name=trail["TrailARN"])
        if trail.get("IsMultiRegionTrail") and status.get("IsLogging"):
            of = "of the organization" if trail.get("IsOrganizationTrail") else "of the account"
            notes.append(f"{trail['Name']} {of}")
    return (State.ON, ", ".join(sorted(notes))) if notes else (State.OFF, "no trail of all regions")


def _lake(aws: AwsSession, home: str) -> Look:
    found = aws.call("securitylake", "ListDataLakes", home).get("dataLakes", [])
    regions = sorted(each["region"] for each in found)
    return (State.ON, ", ".join(regions)) if regions else (State.OFF, "")


REGIONAL = {
    "Security Hub CSPM": ("securityhub:DescribeHub", _security_hub),
    "AWS Config": ("config:DescribeConfigurationRecorderStatus", _config),
    "GuardDuty": ("guardduty:ListDetectors", _guardduty),
    "IAM Access Analyzer": ("accessanalyzer:ListAnalyzers", _analyzers),
}
GLOBAL = {
    "CloudTrail": ("cloudtrail:DescribeTrails", _trails),
    "Security Lake": ("securitylake:ListDataLakes", _lake),
}
