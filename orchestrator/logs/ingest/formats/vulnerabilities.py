"""Findings of Amazon Inspector in its own format, as EventBridge passes them on.

Source: Amazon Inspector user guide, "Amazon EventBridge event schema for Amazon Inspector events".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.asff import OBSERVED, SEVERITIES, graded
from orchestrator.logs.ingest.formats.detections import NEW, whole
from orchestrator.logs.ingest.formats.evidence import UNDECIDED
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import Tree, at, branch, items, text
from orchestrator.logs.ocsf.classes import DETECTION, VULNERABILITY

FIELDS: Mapping[str, str] = {
    "awsAccountId": "cloud.account.uid",
    "findingArn": "finding_info.uid, cloud.region",
    "type": "finding_info.types",
    "title": "finding_info.title",
    "description": "finding_info.desc",
    "severity": "severity_id",
    "status": "status_id, activity_id",
    "firstObservedAt": "finding_info.first_seen_time_dt",
    "lastObservedAt": "finding_info.last_seen_time_dt",
    "updatedAt": "time",
    "resources": "resource.uid, resource.type",
    "remediation.recommendation.text": "vulnerabilities[].remediation.desc",
    "fixAvailable": "vulnerabilities[].is_fix_available",
    "exploitAvailable": "vulnerabilities[].is_exploit_available",
    "epss.score": "vulnerabilities[].cve.epss.score",
    "packageVulnerabilityDetails.vulnerabilityId": "vulnerabilities[].cve.uid",
    "packageVulnerabilityDetails.cvss": "vulnerabilities[].cve.cvss[].base_score",
    "packageVulnerabilityDetails.vendorSeverity": "vulnerabilities[].severity",
    "packageVulnerabilityDetails.source": "vulnerabilities[].vendor_name",
    "packageVulnerabilityDetails.sourceUrl": "vulnerabilities[].cve.references",
    "packageVulnerabilityDetails.referenceUrls": "vulnerabilities[].references",
    "packageVulnerabilityDetails.relatedVulnerabilities": (
        "vulnerabilities[].related_vulnerabilities"
    ),
    "packageVulnerabilityDetails.vulnerablePackages": (
        "vulnerabilities[].affected_packages[].name, vulnerabilities[].affected_packages[].version"
    ),
}


def event(finding: Tree, context: Context) -> Ocsf:
    arn, title = text(finding, "findingArn"), text(finding, "title")
    details = branch(finding, "packageVulnerabilityDetails")
    cve = text(details, "vulnerabilityId")
    seen = ("updatedAt", "lastObservedAt", "firstObservedAt")
    when = next((said for name in seen if (said := text(finding, name))), "")
    closed = text(finding, "status").upper() == "CLOSED"
    activity = 3 if closed else 1 if when == text(finding, "firstObservedAt") else 2
    origin = aws.Origin("Inspector", vendor="Amazon")
    class_uid = VULNERABILITY if cve else DETECTION
    found = aws.frame(class_uid, activity, _inspected(when), origin, context)
    aws.located_by(found, arn)
    aws.located(found, at(finding, "awsAccountId"))
    found |= graded(SEVERITIES.get(text(finding, "severity").upper(), 0))
    suppressed = text(finding, "status").upper() == "SUPPRESSED"
    found |= {"status": "Resolved", "status_id": 4} if closed else NEW
    found |= {"status": "Suppressed", "status_id": 3} if suppressed else {}
    kind = text(finding, "type")
    found["finding_info"] = {
        "uid": arn,
        "title": title or kind or arn,
        **aws.said(
            desc=text(finding, "description"),
            types=[kind] if kind else [],
            first_seen_time_dt=_at(finding, "firstObservedAt"),
            last_seen_time_dt=_at(finding, "lastObservedAt"),
            modified_time_dt=_at(finding, "updatedAt"),
        ),
    }
    resources = _inspected_resources(finding)
    kept = aws.without(finding, *_INSPECTED)
    if cve:
        found["vulnerabilities"] = [_weakness(finding, details, cve)]
        found |= {"resource": resources[0]} if resources else {}
        if len(resources) > 1:
            kept["resources"] = list(items(finding, "resources"))[1:]
    else:
        found |= {**UNDECIDED, **aws.said(resources=resources)}
    aws.unmapped(found, kept)
    aws.observe(found, OBSERVED)
    return found


_INSPECTED = (
    *("awsAccountId", "findingArn", "type", "title", "description", "severity", "status"),
    *("firstObservedAt", "lastObservedAt", "updatedAt", "resources"),
    *("packageVulnerabilityDetails", "fixAvailable", "exploitAvailable", "epss", "remediation"),
)


def _inspected(said: str) -> datetime:
    """ISO 8601 or, as the console's exports have it, `Jan 19, 2022, 10:46:15 PM`, in UTC."""
    try:
        return aws.utc(datetime.strptime(said, "%b %d, %Y, %I:%M:%S %p").isoformat())
    except ValueError:
        return aws.utc(said)


def _at(finding: Tree, name: str) -> str | None:
    try:
        return _inspected(text(finding, name)).isoformat()
    except Unparsed:
        return None


def _inspected_resources(finding: Tree) -> list[Ocsf]:
    return [
        aws.said(
            uid=text(each, "id"),
            type=text(each, "type"),
            region=text(each, "region"),
            cloud_partition=text(each, "partition"),
            labels=[f"{key}:{value}" for key, value in branch(each, "tags").items()],
            data=aws.json_text(at(each, "details")),
        )
        for each in items(finding, "resources")
        if text(each, "id")
    ]


def _weakness(finding: Tree, details: Tree, cve: str) -> Ocsf:
    scores = [
        aws.said(
            base_score=at(each, "baseScore"),
            version=text(each, "version"),
            vector_string=text(each, "scoringVector"),
        )
        for each in items(details, "cvss")
        if at(each, "baseScore") is not None and text(each, "version")
    ]
    score, url = text(finding, "epss.score"), text(details, "sourceUrl")
    advice = text(finding, "remediation.recommendation.text")
    link = text(finding, "remediation.recommendation.Url")
    available = {"YES": True, "PARTIAL": True, "NO": False}
    return aws.said(
        cve=aws.said(
            uid=cve,
            cvss=scores,
            epss={"score": score} if score else None,
            references=[url] if url else [],
            created_time_dt=_at(details, "vendorCreatedAt"),
            modified_time_dt=_at(details, "vendorUpdatedAt"),
        ),
        severity=text(details, "vendorSeverity"),
        vendor_name=text(details, "source"),
        references=[str(each) for each in items(details, "referenceUrls")],
        related_vulnerabilities=[str(each) for each in items(details, "relatedVulnerabilities")],
        is_fix_available=available.get(text(finding, "fixAvailable").upper()),
        is_exploit_available=available.get(text(finding, "exploitAvailable").upper()),
        affected_packages=[_package(each) for each in items(details, "vulnerablePackages")],
        remediation=aws.said(desc=advice or link, references=[link] if link else []),
    )


def _package(package: object) -> Ocsf:
    fix = text(package, "remediation")
    return {
        "name": text(package, "name") or "unknown",
        "version": text(package, "version") or "unknown",
        **aws.said(
            release=text(package, "release"),
            architecture=text(package, "arch"),
            epoch=whole(at(package, "epoch")),
            package_manager=text(package, "packageManager"),
            path=text(package, "filePath"),
            fixed_in_version=text(package, "fixedInVersion"),
            remediation={"desc": fix} if fix else None,
        ),
    }
