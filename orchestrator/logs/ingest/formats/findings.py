"""Findings of Security Hub (ASFF and OCSF), GuardDuty, Inspector and Macie, one a record.

As AWS's APIs and exports give them, and inside of an event of EventBridge.
Source: AWS Security Hub user guide, "Security Hub events in EventBridge"; of each kind, see its
module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.logs.ingest.formats import asff, aws, detections, findings_ocsf, vulnerabilities
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import Tree, at, branch, items, text

SIGNS = re.compile(
    r'"(?:ProductArn|findingArn|resourcesAffected|finding_info)"|'
    r'"[sS]erviceName"\s*:\s*"guardduty"|"aws\.(?:guardduty|inspector2|macie|securityhub)"'
)


def looks(text: str) -> bool:
    """CloudTrail's records have findings in their parameters, and are none."""
    return text[:1] == "{" and '"eventVersion"' not in text and SIGNS.search(text) is not None


def parse(source: str, context: Context) -> Ocsf:
    record = aws.json_object(source)
    finding = _only(record)
    if "class_uid" in finding and "finding_info" in finding:
        return findings_ocsf.event(finding, context)
    if "ProductArn" in finding and "AwsAccountId" in finding:
        return asff.event(finding, context)
    if "findingArn" in finding:
        return vulnerabilities.event(finding, context)
    if "resourcesAffected" in finding:
        return detections.macie(finding, context)
    small = _small(finding)
    if isinstance(small, Mapping) and text(small, "service.serviceName") == "guardduty":
        return detections.guardduty(small, context)
    raise Unparsed("a finding of no known kind")


def _only(record: Tree) -> Tree:
    """The one finding that is inside of an event of EventBridge or an answer of an API."""
    inner = branch(record, "detail") if "detail-type" in record else record
    for name in ("findings", "Findings"):
        if isinstance(at(inner, name), list):
            listed = items(inner, name)
            if len(listed) != 1 or not isinstance(listed[0], Mapping):
                raise Unparsed("several findings in one record: write each on a line of its own")
            return listed[0]
    return inner


def _small(tree: object) -> object:
    """Names as exports write them: the API begins them with a capital."""
    if isinstance(tree, Mapping):
        return {f"{name[:1].lower()}{name[1:]}": _small(value) for name, value in tree.items()}
    return [_small(each) for each in tree] if isinstance(tree, list) else tree
