from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.findings.remediation import Aws, Value
from orchestrator.findings.services.guardduty import FEATURES
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay, missing

HERE = "arn:aws:guardduty:eu-west-1:123456789012:detector"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


def a_detector(aws: Aws, *, on: bool = True) -> str:
    return str(aws("guardduty").create_detector(Enable=on)["DetectorId"])


def suspended(aws: Aws) -> str:
    a_detector(aws, on=False)
    return the_account(aws)


def narrow(aws: Aws) -> str:
    found = a_detector(aws)
    names = sorted({feature for feature, _agent in FEATURES.values()})
    off = [{"Name": name, "Status": "DISABLED"} for name in names]
    aws("guardduty").update_detector(DetectorId=found, Features=off)
    member = {"AccountId": "200000000004", "Email": "aws+network@example.com"}
    aws("guardduty").create_members(DetectorId=found, AccountDetails=[member])
    aws("guardduty").start_monitoring_members(DetectorId=found, AccountIds=[member["AccountId"]])
    return f"{HERE}/{found}"


def administered() -> Overlay:
    answer = {"AccountId": "999999999999", "RelationshipStatus": "Enabled"}
    return {
        **Members().overlay(),
        ("guardduty", "GetAdministratorAccount"): lambda _: {"Administrator": answer},
    }


SOURCES = ("CloudTrail", "DNSLogs", "FlowLogs", "S3Logs")
"""What an answer must name. Source: the service model of GuardDuty, DataSourceConfigurationsResult.
"""


class Members:
    """The members of an administrator's detector, which moto lacks."""

    def __init__(self, *off: str) -> None:
        self.features: dict[str, list[Any]] = {member: [] for member in off}

    def create(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.features |= {each["AccountId"]: [] for each in asked["AccountDetails"]}
        return {"UnprocessedAccounts": []}

    def listed(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        told = {"MasterId": "123456789012", "Email": "x@example.com", "UpdatedAt": "2026-01-01"}
        related = {**told, "RelationshipStatus": "Enabled"}
        return {"Members": [{"AccountId": member, **related} for member in self.features]}

    def get(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        sources = {name: {"Status": "ENABLED"} for name in SOURCES}
        found = [
            {"AccountId": account, "DataSources": sources, "Features": self.features[account]}
            for account in asked["AccountIds"]
        ]
        return {"MemberDataSourceConfigurations": found, "UnprocessedAccounts": []}

    def update(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.features |= {member: list(asked["Features"]) for member in asked["AccountIds"]}
        return {"UnprocessedAccounts": []}

    def overlay(self) -> Overlay:
        return {
            ("guardduty", "CreateMembers"): self.create,
            ("guardduty", "StartMonitoringMembers"): lambda _: {"UnprocessedAccounts": []},
            ("guardduty", "ListMembers"): self.listed,
            ("guardduty", "GetMemberDetectors"): self.get,
            ("guardduty", "UpdateMemberDetectors"): self.update,
        }


class Tagged:
    """One detector with one filter and one set, and the calls about tags that moto lacks."""

    def __init__(self) -> None:
        self.tags: dict[str, dict[str, str]] = {}

    def create(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"DetectorId": "1"}

    def listed(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"Tags": self.tags[asked["ResourceArn"]]}

    def tag(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.tags.setdefault(asked["ResourceArn"], {}).update(asked["Tags"])
        return {}

    def untag(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        for key in asked["TagKeys"]:
            self.tags[asked["ResourceArn"]].pop(key, None)
        return {}

    def parts(self, kind: str) -> list[str]:
        return [arn.rpartition("/")[2] for arn in self.tags if f"/{kind}/" in arn]

    def get_filter(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.refuse(asked["FilterName"], "filter")
        return {"Name": asked["FilterName"], "Action": "NOOP", "FindingCriteria": {}}

    def get_set(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.refuse(asked["IpSetId"], "ipset")
        return {"Name": "x", "Format": "TXT", "Location": "s3://x/y", "Status": "ACTIVE"}

    def refuse(self, part: str, kind: str) -> None:
        if part not in self.parts(kind):
            raise missing("BadRequestException")

    def detectors(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        found = [arn.rpartition("/")[2] for arn in self.tags if arn.count("/") == 1]
        return {"DetectorIds": found or ["1"]}

    def overlay(self) -> Overlay:
        return {
            ("guardduty", "ListDetectors"): self.detectors,
            ("guardduty", "ListFilters"): lambda _: {"FilterNames": self.parts("filter")},
            ("guardduty", "GetFilter"): self.get_filter,
            ("guardduty", "ListIPSets"): lambda _: {"IpSetIds": self.parts("ipset")},
            ("guardduty", "GetIPSet"): self.get_set,
            ("guardduty", "ListTagsForResource"): self.listed,
            ("guardduty", "TagResource"): self.tag,
            ("guardduty", "UntagResource"): self.untag,
        }


def a_part(name: str, **tags: str) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        arn = f"{HERE}/{name}"
        aws("guardduty").tag_resource(ResourceArn=arn, Tags=tags or cycle.TAGS)
        return arn

    return build


def tagged(control: str, kind: str) -> Case:
    return Case(
        control,
        a_part(f"{kind}one"),
        a_part(f"{kind}two", owner="x"),
        f"{HERE}/{kind}none",
        TAGGING,
        overlay=lambda: Tagged().overlay(),
    )


CASES = (
    Case("GuardDuty.1", the_account),
    Case("GuardDuty.1", suspended, name="suspended"),
    tagged("GuardDuty.2", "1/filter/"),
    tagged("GuardDuty.3", "1/ipset/"),
    tagged("GuardDuty.4", ""),
    *(
        Case(
            control,
            narrow,
            missing=f"{HERE}/none",
            overlay=lambda: Members("111122223333", "444455556666").overlay(),
        )
        for control in FEATURES
    ),
)
