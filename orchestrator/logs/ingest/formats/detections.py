"""Findings of GuardDuty and Macie in the formats of these services themselves.

Source: Amazon GuardDuty API, Finding; Amazon Macie user guide, "EventBridge event schema for
findings".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.asff import OBSERVED, SEVERITIES, graded
from orchestrator.logs.ingest.formats.evidence import UNDECIDED, evidences, handled
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import Tree, at, branch, text
from orchestrator.logs.ocsf.classes import DETECTION

GUARDDUTY_FIELDS: Mapping[str, str] = {
    "schemaVersion": "metadata.log_version",
    "accountId": "cloud.account.uid",
    "region": "cloud.region",
    "partition": "resources[].cloud_partition",
    "arn": "finding_info.uid",
    "type": "finding_info.types",
    "title": "finding_info.title",
    "description": "finding_info.desc",
    "severity": "severity_id",
    "createdAt": "finding_info.created_time_dt, activity_id",
    "updatedAt": "time, finding_info.modified_time_dt",
    "service.detectorId": "metadata.product.feature.uid",
    "service.eventFirstSeen": "finding_info.first_seen_time_dt",
    "service.eventLastSeen": "finding_info.last_seen_time_dt",
    "service.count": "count",
    "service.archived": "status_id",
    "service.action": "evidences[]",
    "service.action.*.blocked": "action_id, disposition_id",
    "service.runtimeDetails.process": "evidences[].actor.process.name",
    "service.additionalInfo.value": "evidences[].data",
    "resource.resourceType": "resources[].type",
    "resource.accessKeyDetails": "resources[].uid, evidences[].actor.user.credential_uid",
    "resource.*.arn": "resources[].uid",
}
MACIE_FIELDS: Mapping[str, str] = {
    "schemaVersion": "metadata.log_version",
    "accountId": "cloud.account.uid",
    "region": "cloud.region",
    "id": "finding_info.uid",
    "type": "finding_info.types",
    "title": "finding_info.title",
    "description": "finding_info.desc",
    "severity.description": "severity_id",
    "createdAt": "finding_info.created_time_dt, activity_id",
    "updatedAt": "time, finding_info.modified_time_dt",
    "count": "count",
    "archived": "status_id",
    "resourcesAffected.s3Bucket.arn": "resources[].uid",
    "resourcesAffected.s3Object.path": "resources[].uid",
}


def guardduty(finding: Tree, context: Context) -> Ocsf:
    found = _detection(finding, aws.Origin("GuardDuty", vendor="Amazon"), "arn", context)
    service = branch(finding, "service")
    metadata = found["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["product"] |= aws.said(feature=aws.said(uid=text(service, "detectorId")))
    severity = at(finding, "severity")
    found |= graded(_grade(severity) if isinstance(severity, int | float) else 0)
    archived = at(service, "archived") is True
    found |= {"status": "Suppressed", "status_id": 3} if archived else NEW
    info = found["finding_info"]
    assert isinstance(info, dict)  # noqa: S101
    info |= aws.said(
        first_seen_time_dt=aws.moved(at(service, "eventFirstSeen")),
        last_seen_time_dt=aws.moved(at(service, "eventLastSeen")),
    )
    found |= handled(service)
    found |= aws.said(
        resources=list(_of_guardduty(finding)),
        evidences=evidences(service, _caller(branch(finding, "resource.accessKeyDetails"))),
        count=whole(at(service, "count")),
    )
    used = ("schemaVersion", "accountId", "region", "arn", "type", "title", "description")
    aws.unmapped(found, aws.without(finding, *used, "severity", "createdAt", "updatedAt"))
    aws.observe(found, OBSERVED)
    return found


NEW: Ocsf = {"status": "New", "status_id": 1}


def _grade(severity: float) -> int:
    """Source: GuardDuty user guide, "Severity levels of GuardDuty findings"."""
    return 5 if severity >= 9 else 4 if severity >= 7 else 3 if severity >= 4 else 2


def whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < 2**31 else None


def _detection(finding: Tree, origin: aws.Origin, uid: str, context: Context) -> Ocsf:
    created, updated = text(finding, "createdAt"), text(finding, "updatedAt")
    name, title = text(finding, uid) or text(finding, "id"), text(finding, "title")
    if not name or not title:
        raise Unparsed("a finding without an id or a title")
    moment = aws.utc(updated or created)
    found = aws.frame(DETECTION, 1 if created == updated else 2, moment, origin, context)
    aws.located(found, at(finding, "accountId"), at(finding, "region"))
    metadata = found["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata |= aws.said(log_version=text(finding, "schemaVersion"))
    kind = text(finding, "type")
    found["finding_info"] = {
        "uid": name,
        "title": title,
        **aws.said(
            desc=text(finding, "description"),
            types=[kind] if kind else [],
            created_time_dt=aws.moved(created),
            modified_time_dt=aws.moved(updated),
        ),
    }
    return found


def _caller(key: Tree) -> Ocsf | None:
    user = aws.said(
        name=text(key, "userName"),
        uid=text(key, "principalId"),
        type=text(key, "userType"),
        credential_uid=text(key, "accessKeyId"),
    )
    return {"user": user} if user.get("name") or user.get("uid") else None


def _of_guardduty(finding: Tree) -> Iterator[Ocsf]:
    """Everything of the finding's resource that has an ARN, an id of an instance or of a key."""
    resource = branch(finding, "resource")
    partition = text(finding, "partition") or "aws"
    region, account = text(finding, "region"), text(finding, "accountId")
    same = aws.said(cloud_partition=partition, region=region)
    if key := text(resource, "accessKeyDetails.accessKeyId"):
        data = aws.json_text(at(resource, "accessKeyDetails"))
        uid = f"AWS::IAM::AccessKey:{key}"
        yield {"uid": uid, "type": "AwsIamAccessKey", **same, **aws.said(data=data)}
    if instance := text(resource, "instanceDetails.instanceId"):
        uid = f"arn:{partition}:ec2:{region}:{account}:instance/{instance}"
        data = aws.json_text(at(resource, "instanceDetails"))
        yield {"uid": uid, "type": "AwsEc2Instance", **same, **aws.said(data=data)}
    for name, details in resource.items():
        for each in details if isinstance(details, list) else (details,):
            uid = next((text(each, n) for n in _ARNS if text(each, n)), "")
            if uid:
                kind = name.removesuffix("Details")
                data = aws.json_text(each)
                yield {"uid": uid, "type": kind, **same, **aws.said(data=data)}


_ARNS = ("arn", "functionArn", "dbInstanceArn", "dbClusterArn", "clusterArn")


def macie(finding: Tree, context: Context) -> Ocsf:
    found = _detection(finding, aws.Origin("Macie", vendor="Amazon"), "id", context)
    found |= graded(SEVERITIES.get(text(finding, "severity.description").upper(), 0))
    archived = at(finding, "archived") is True
    found |= {"status": "Suppressed", "status_id": 3} if archived else NEW
    found |= UNDECIDED
    bucket = branch(finding, "resourcesAffected.s3Bucket")
    thing = branch(finding, "resourcesAffected.s3Object")
    resources = []
    if path := text(thing, "path"):
        data, version = aws.json_text(thing), text(thing, "versionId")
        uid = f"arn:{_partition(text(bucket, 'arn'))}:s3:::{path}"
        resources.append(
            {"uid": uid, "type": "AwsS3Object", **aws.said(data=data, version=version)}
        )
    if arn := text(bucket, "arn"):
        data = aws.json_text(bucket)
        resources.append({"uid": arn, "type": "AwsS3Bucket", **aws.said(data=data)})
    found |= aws.said(resources=resources, count=whole(at(finding, "count")))
    used = ("schemaVersion", "accountId", "region", "id", "type", "title", "description")
    more = ("createdAt", "updatedAt", "resourcesAffected", "count", "archived")
    aws.unmapped(found, aws.without(finding, *used, *more))
    aws.observe(found, OBSERVED)
    return found


def _partition(arn: str) -> str:
    return arn.split(":")[1] if arn.startswith("arn:") else "aws"
