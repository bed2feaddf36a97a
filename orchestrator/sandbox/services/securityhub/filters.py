"""Findings by their fields: which ones AwsSecurityFindingFilters match, and in which order.

Source: AWS Security Hub API Reference, AwsSecurityFindingFilters: where in a finding each looks.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
from collections.abc import Callable, Iterator
from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub.part import InvalidInputException

PATHS = {
    "ProductArn": "ProductArn",
    "AwsAccountId": "AwsAccountId",
    "Id": "Id",
    "GeneratorId": "GeneratorId",
    "Region": "Region",
    "Type": "Types",
    "FirstObservedAt": "FirstObservedAt",
    "LastObservedAt": "LastObservedAt",
    "CreatedAt": "CreatedAt",
    "UpdatedAt": "UpdatedAt",
    "SeverityProduct": "Severity.Product",
    "SeverityNormalized": "Severity.Normalized",
    "SeverityLabel": "Severity.Label",
    "Confidence": "Confidence",
    "Criticality": "Criticality",
    "Title": "Title",
    "Description": "Description",
    "RecommendationText": "Remediation.Recommendation.Text",
    "SourceUrl": "SourceUrl",
    "ProductFields": "ProductFields",
    "ProductName": "ProductName",
    "CompanyName": "CompanyName",
    "UserDefinedFields": "UserDefinedFields",
    "MalwareName": "Malware.Name",
    "MalwareType": "Malware.Type",
    "MalwarePath": "Malware.Path",
    "MalwareState": "Malware.State",
    "NetworkDirection": "Network.Direction",
    "NetworkProtocol": "Network.Protocol",
    "NetworkSourceIpV4": "Network.SourceIpV4",
    "NetworkSourceIpV6": "Network.SourceIpV6",
    "NetworkSourcePort": "Network.SourcePort",
    "NetworkSourceDomain": "Network.SourceDomain",
    "NetworkSourceMac": "Network.SourceMac",
    "NetworkDestinationIpV4": "Network.DestinationIpV4",
    "NetworkDestinationIpV6": "Network.DestinationIpV6",
    "NetworkDestinationPort": "Network.DestinationPort",
    "NetworkDestinationDomain": "Network.DestinationDomain",
    "ProcessName": "Process.Name",
    "ProcessPath": "Process.Path",
    "ProcessPid": "Process.Pid",
    "ProcessParentPid": "Process.ParentPid",
    "ProcessLaunchedAt": "Process.LaunchedAt",
    "ProcessTerminatedAt": "Process.TerminatedAt",
    "ThreatIntelIndicatorType": "ThreatIntelIndicators.Type",
    "ThreatIntelIndicatorValue": "ThreatIntelIndicators.Value",
    "ThreatIntelIndicatorCategory": "ThreatIntelIndicators.Category",
    "ThreatIntelIndicatorLastObservedAt": "ThreatIntelIndicators.LastObservedAt",
    "ThreatIntelIndicatorSource": "ThreatIntelIndicators.Source",
    "ThreatIntelIndicatorSourceUrl": "ThreatIntelIndicators.SourceUrl",
    "ResourceType": "Resources.Type",
    "ResourceId": "Resources.Id",
    "ResourcePartition": "Resources.Partition",
    "ResourceRegion": "Resources.Region",
    "ResourceTags": "Resources.Tags",
    "ResourceAwsEc2InstanceType": "Resources.Details.AwsEc2Instance.Type",
    "ResourceAwsEc2InstanceImageId": "Resources.Details.AwsEc2Instance.ImageId",
    "ResourceAwsEc2InstanceIpV4Addresses": "Resources.Details.AwsEc2Instance.IpV4Addresses",
    "ResourceAwsEc2InstanceIpV6Addresses": "Resources.Details.AwsEc2Instance.IpV6Addresses",
    "ResourceAwsEc2InstanceKeyName": "Resources.Details.AwsEc2Instance.KeyName",
    "ResourceAwsEc2InstanceIamInstanceProfileArn": (
        "Resources.Details.AwsEc2Instance.IamInstanceProfileArn"
    ),
    "ResourceAwsEc2InstanceVpcId": "Resources.Details.AwsEc2Instance.VpcId",
    "ResourceAwsEc2InstanceSubnetId": "Resources.Details.AwsEc2Instance.SubnetId",
    "ResourceAwsEc2InstanceLaunchedAt": "Resources.Details.AwsEc2Instance.LaunchedAt",
    "ResourceAwsS3BucketOwnerId": "Resources.Details.AwsS3Bucket.OwnerId",
    "ResourceAwsS3BucketOwnerName": "Resources.Details.AwsS3Bucket.OwnerName",
    "ResourceAwsIamAccessKeyUserName": "Resources.Details.AwsIamAccessKey.UserName",
    "ResourceAwsIamAccessKeyPrincipalName": "Resources.Details.AwsIamAccessKey.PrincipalName",
    "ResourceAwsIamAccessKeyStatus": "Resources.Details.AwsIamAccessKey.Status",
    "ResourceAwsIamAccessKeyCreatedAt": "Resources.Details.AwsIamAccessKey.CreatedAt",
    "ResourceAwsIamUserUserName": "Resources.Details.AwsIamUser.UserName",
    "ResourceContainerName": "Resources.Details.Container.Name",
    "ResourceContainerImageId": "Resources.Details.Container.ImageId",
    "ResourceContainerImageName": "Resources.Details.Container.ImageName",
    "ResourceContainerLaunchedAt": "Resources.Details.Container.LaunchedAt",
    "ResourceDetailsOther": "Resources.Details.Other",
    "ComplianceStatus": "Compliance.Status",
    "VerificationState": "VerificationState",
    "WorkflowState": "WorkflowState",
    "WorkflowStatus": "Workflow.Status",
    "RecordState": "RecordState",
    "RelatedFindingsProductArn": "RelatedFindings.ProductArn",
    "RelatedFindingsId": "RelatedFindings.Id",
    "NoteText": "Note.Text",
    "NoteUpdatedAt": "Note.UpdatedAt",
    "NoteUpdatedBy": "Note.UpdatedBy",
    "FindingProviderFieldsConfidence": "FindingProviderFields.Confidence",
    "FindingProviderFieldsCriticality": "FindingProviderFields.Criticality",
    "FindingProviderFieldsRelatedFindingsId": "FindingProviderFields.RelatedFindings.Id",
    "FindingProviderFieldsRelatedFindingsProductArn": (
        "FindingProviderFields.RelatedFindings.ProductArn"
    ),
    "FindingProviderFieldsSeverityLabel": "FindingProviderFields.Severity.Label",
    "FindingProviderFieldsSeverityOriginal": "FindingProviderFields.Severity.Original",
    "FindingProviderFieldsTypes": "FindingProviderFields.Types",
    "Sample": "Sample",
    "ComplianceSecurityControlId": "Compliance.SecurityControlId",
    "ComplianceAssociatedStandardsId": "Compliance.AssociatedStandards.StandardsId",
    "VulnerabilitiesExploitAvailable": "Vulnerabilities.ExploitAvailable",
    "VulnerabilitiesFixAvailable": "Vulnerabilities.FixAvailable",
    "ComplianceSecurityControlParametersName": "Compliance.SecurityControlParameters.Name",
    "ComplianceSecurityControlParametersValue": "Compliance.SecurityControlParameters.Value",
    "AwsAccountName": "AwsAccountName",
    "ResourceApplicationName": "Resources.ApplicationName",
    "ResourceApplicationArn": "Resources.ApplicationArn",
}


NEGATIVE = ("NOT_EQUALS", "PREFIX_NOT_EQUALS", "NOT_CONTAINS")
STRINGS: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda value, wanted: value == wanted,
    "PREFIX": str.startswith,
    "CONTAINS": lambda value, wanted: wanted in value,
    "CONTAINS_WORD": lambda value, wanted: wanted in value.split(),
    "NOT_EQUALS": lambda value, wanted: value != wanted,
    "PREFIX_NOT_EQUALS": lambda value, wanted: not value.startswith(wanted),
    "NOT_CONTAINS": lambda value, wanted: wanted not in value,
}
NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "Gte": lambda value, limit: value >= limit,
    "Lte": lambda value, limit: value <= limit,
    "Gt": lambda value, limit: value > limit,
    "Lt": lambda value, limit: value < limit,
    "Eq": lambda value, limit: value == limit,
}


def matches(finding: Json, filters: Json | None) -> bool:
    """Whether a finding passes; without filters every finding does."""
    return all(_attribute(finding, name, wanted) for name, wanted in (filters or {}).items())


def order(findings: list[Json], criteria: list[Json] | None) -> list[Json]:
    """Sorted by the criteria, the first one weighing most; a missing value comes last."""
    for criterion in reversed(criteria or []):
        path = _path(criterion["Field"])
        down = criterion.get("SortOrder", "desc").lower() == "desc"

        def rank(finding: Json, path: str = path, down: bool = down) -> tuple[bool, Any]:
            values = list(_values(finding, path.split(".")))
            present = bool(values)
            key = values[0] if values else ""
            return present == down, (key if isinstance(key, int | float) else str(key))

        findings = sorted(findings, key=rank, reverse=down)
    return findings


def values_of(finding: Json, name: str) -> list[str]:
    """The values of a filter's attribute, as GroupByAttribute counts them."""
    return [str(value) for value in _values(finding, _path(name).split("."))]


def _path(name: str) -> str:
    """Filters name attributes in one word, sorting may also use the path of the field itself."""
    if name in PATHS:
        return PATHS[name]
    if "." in name or name in PATHS.values():
        return name
    raise InvalidInputException(f"Invalid parameter: {name} is not a known attribute")


def _values(node: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:])


def _attribute(finding: Json, name: str, wanted: list[Json]) -> bool:
    if name == "Keyword":
        text = json.dumps(finding)
        return any(keyword["Value"] in text for keyword in wanted)
    values = list(_values(finding, _path(name).split(".")))
    negative = [f for f in wanted if f.get("Comparison") in NEGATIVE]
    positive = [f for f in wanted if f not in negative]
    if not all(_all(values, condition) for condition in negative):
        return False
    return not positive or any(_test(v, f) for f in positive for v in values)


def _all(values: list[Any], condition: Json) -> bool:
    return all(_test(value, condition) for value in values)


def _test(value: Any, condition: Json) -> bool:
    if "Key" in condition:
        return _map(value, condition)
    if "Comparison" in condition:
        return STRINGS[condition["Comparison"]](str(value), condition["Value"])
    if "Cidr" in condition:
        return ipaddress.ip_address(value) in ipaddress.ip_network(condition["Cidr"], strict=False)
    if "DateRange" in condition or "Start" in condition or "End" in condition:
        return _date(str(value), condition)
    if "Value" in condition:
        return bool(value == condition["Value"])
    return all(NUMBERS[key](float(value), limit) for key, limit in condition.items())


def _map(value: Any, condition: Json) -> bool:
    if not isinstance(value, dict) or condition["Key"] not in value:
        return condition["Comparison"] in NEGATIVE
    found = str(value[condition["Key"]])
    return STRINGS[condition["Comparison"]](found, condition["Value"])


def _date(value: str, condition: Json) -> bool:
    """Between Start and End, both included, or within the last `DateRange.Value` days."""
    moment = _moment(value)
    if "DateRange" in condition:
        days = datetime.timedelta(days=condition["DateRange"]["Value"])
        return moment >= datetime.datetime.now(datetime.UTC) - days
    start, end = condition.get("Start"), condition.get("End")
    return (not start or _moment(start) <= moment) and (not end or moment <= _moment(end))


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputException(f"Invalid parameter: {text} is not a date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
