"""A finding in the AWS Security Finding Format, as Security Lake writes it.

Source: AWS Security Hub user guide, "AWS Security Finding Format"; AWS's own mapping
(ocsf/examples, Security Hub, 1.1.0), which chooses the class by the product.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.evidence import evidences, handled
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import Tree, at, branch, items, put, text
from orchestrator.logs.ocsf.classes import COMPLIANCE, DETECTION, VULNERABILITY

FIELDS: Mapping[str, str] = {
    "SchemaVersion": "metadata.log_version",
    "ProductName": "metadata.product.name",
    "ProductArn": "metadata.product.uid",
    "CompanyName": "metadata.product.vendor_name",
    "GeneratorId": "metadata.product.feature.uid",
    "ProcessedAt": "metadata.processed_time_dt",
    "Region": "cloud.region",
    "AwsAccountId": "cloud.account.uid",
    "Confidence": "confidence_score",
    "UpdatedAt": "time, finding_info.modified_time_dt",
    "CreatedAt": "finding_info.created_time_dt, activity_id",
    "Id": "finding_info.uid",
    "SourceUrl": "finding_info.src_url",
    "Types": "finding_info.types",
    "FirstObservedAt": "finding_info.first_seen_time_dt",
    "LastObservedAt": "finding_info.last_seen_time_dt",
    "Title": "finding_info.title",
    "Description": "finding_info.desc",
    "RelatedFindings.Id": "finding_info.related_events[].uid",
    "RelatedFindings.ProductArn": "finding_info.related_events[].product_uid",
    "Note.Text": "message",
    "Severity.Label": "severity_id",
    "Workflow.Status": "status_id",
    "Resources.Type": "resource.type, resources[].type",
    "Resources.Id": "resource.uid, resources[].uid",
    "Resources.Partition": "resource.cloud_partition, resources[].cloud_partition",
    "Resources.Region": "resource.region, resources[].region",
    "Resources.Tags": "resource.labels, resources[].labels",
    "Resources.Details": "resource.data, resources[].data",
    "Criticality": "resource.criticality, resources[].criticality",
    "Remediation.Recommendation.Text": "remediation.desc, vulnerabilities[].remediation.desc",
    "Remediation.Recommendation.Url": (
        "remediation.references, vulnerabilities[].remediation.references"
    ),
    "Compliance.SecurityControlId": "compliance.control",
    "Compliance.Status": "compliance.status_id",
    "Compliance.RelatedRequirements": "compliance.requirements",
    "Compliance.StatusReasons.Description": "compliance.status_detail",
    "Compliance.StatusReasons.ReasonCode": "compliance.status_code",
    "Compliance.AssociatedStandards.StandardsId": "compliance.standards",
    "Vulnerabilities.Id": "vulnerabilities[].cve.uid",
    "Vulnerabilities.Cvss.BaseScore": "vulnerabilities[].cve.cvss[].base_score",
    "Vulnerabilities.Cvss.BaseVector": "vulnerabilities[].cve.cvss[].vector_string",
    "Vulnerabilities.Cvss.Version": "vulnerabilities[].cve.cvss[].version",
    "Vulnerabilities.EpssScore": "vulnerabilities[].cve.epss.score",
    "Vulnerabilities.Vendor.Name": "vulnerabilities[].vendor_name",
    "Vulnerabilities.Vendor.Url": "vulnerabilities[].cve.references",
    "Vulnerabilities.Vendor.VendorCreatedAt": "vulnerabilities[].cve.created_time_dt",
    "Vulnerabilities.Vendor.VendorUpdatedAt": "vulnerabilities[].cve.modified_time_dt",
    "Vulnerabilities.ReferenceUrls": "vulnerabilities[].references",
    "Vulnerabilities.RelatedVulnerabilities": "vulnerabilities[].related_vulnerabilities",
    "Vulnerabilities.FixAvailable": "vulnerabilities[].is_fix_available",
    "Vulnerabilities.ExploitAvailable": "vulnerabilities[].is_exploit_available",
    "Vulnerabilities.VulnerablePackages.Name": "vulnerabilities[].affected_packages[].name",
    "Vulnerabilities.VulnerablePackages.Version": "vulnerabilities[].affected_packages[].version",
    **{
        f"Vulnerabilities.VulnerablePackages.{name}": (
            f"vulnerabilities[].affected_packages[].{path}"
        )
        for name, path in {
            "Release": "release",
            "Architecture": "architecture",
            "Epoch": "epoch",
            "PackageManager": "package_manager",
            "FixedInVersion": "fixed_in_version",
            "Remediation": "remediation.desc",
        }.items()
    },
    "Vulnerabilities.CodeVulnerabilities.FilePath": (
        "vulnerabilities[].affected_code[].file.name, vulnerabilities[].affected_code[].file.path, "
        "vulnerabilities[].affected_code[].start_line"
    ),
    "ProductFields aws/guardduty/service": "evidences[] as of GuardDuty",
}
"""Field → attribute. Any other field is in `unmapped`."""

USED = tuple(dict.fromkeys(name.partition(".")[0] for name in FIELDS if " " not in name))
SEVERITIES = {"INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5}
STATUSES: Mapping[str, tuple[int, str]] = {
    "NEW": (1, "New"),
    "NOTIFIED": (99, "Notified"),
    "SUPPRESSED": (3, "Suppressed"),
    "RESOLVED": (4, "Resolved"),
}
COMPLIANT = {"PASSED": 1, "WARNING": 2, "FAILED": 3}
GUARDDUTY = "aws/guardduty/service/"
OBSERVED = aws.observables(
    {
        "resource.uid": 10,
        "resources[].uid": 10,
        "evidences[].src_endpoint.ip": 2,
        "evidences[].query.hostname": 1,
        "evidences[].actor.user.name": 4,
    }
)


def event(finding: Tree, context: Context) -> Ocsf:
    class_uid = _class(finding)
    created, updated = text(finding, "CreatedAt"), text(finding, "UpdatedAt")
    fields = branch(finding, "ProductFields")
    company = text(finding, "CompanyName") or text(fields, "aws/securityhub/CompanyName")
    product = text(finding, "ProductName") or text(fields, "aws/securityhub/ProductName")
    origin = aws.Origin(product or "Security Hub", vendor=company or "AWS")
    moment = aws.utc(updated or created)
    activity = 1 if created == updated else 2
    found = aws.frame(class_uid, activity, moment, origin, context)
    found |= graded(SEVERITIES.get(text(finding, "Severity.Label"), 0))
    status = text(finding, "Workflow.Status")
    number, named = STATUSES.get(status, (0, status or "Unknown"))
    found |= {"status": named, "status_id": number, "finding_info": _info(finding)}
    _of_metadata(found, finding, fields)
    aws.located(found, at(finding, "AwsAccountId"), at(finding, "Region"))
    found |= aws.said(
        message=text(finding, "Note.Text"), confidence_score=_whole(at(finding, "Confidence"))
    )
    kept = aws.without(finding, *USED)
    if class_uid == COMPLIANCE:
        found |= {"compliance": _compliance(finding), **_single(finding, kept)}
        found |= aws.said(remediation=_remediation(finding))
    elif class_uid == VULNERABILITY:
        found |= {"vulnerabilities": _vulnerabilities(finding), **_single(finding, kept)}
    else:
        service = _nested(fields)
        found |= {**handled(service), **aws.said(resources=_resources(finding))}
        found |= aws.said(remediation=_remediation(finding), evidences=evidences(service))
    aws.unmapped(found, {**_rest(finding), **kept})
    aws.observe(found, OBSERVED)
    return found


def _class(finding: Tree) -> int:
    if not text(finding, "Id") or not text(finding, "Title"):
        raise Unparsed("a finding without an id or a title")
    if any(text(each, "Id") for each in items(finding, "Vulnerabilities")):
        return VULNERABILITY
    return COMPLIANCE if text(finding, "Compliance.Status") else DETECTION


def graded(severity: int) -> Ocsf:
    return {"severity": aws.SEVERITIES[severity], "severity_id": severity}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _of_metadata(found: Ocsf, finding: Tree, fields: Tree) -> None:
    metadata = found["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata |= aws.said(
        log_version=text(finding, "SchemaVersion"),
        processed_time_dt=aws.moved(at(finding, "ProcessedAt")),
    )
    feature = aws.said(
        uid=text(finding, "GeneratorId"), name=text(fields, f"{GUARDDUTY}featureName")
    )
    metadata["product"] |= aws.said(
        uid=text(finding, "ProductArn"),
        feature=feature,
        version=text(fields, "aws/inspector/ProductVersion"),
    )


def _info(finding: Tree) -> Ocsf:
    related = [
        aws.said(uid=text(each, "Id"), product_uid=text(each, "ProductArn"))
        for each in items(finding, "RelatedFindings")
        if text(each, "Id")
    ]
    return {
        "uid": text(finding, "Id"),
        "title": text(finding, "Title"),
        **aws.said(
            desc=text(finding, "Description"),
            src_url=text(finding, "SourceUrl"),
            types=[str(each) for each in items(finding, "Types")],
            created_time_dt=aws.moved(at(finding, "CreatedAt")),
            modified_time_dt=aws.moved(at(finding, "UpdatedAt")),
            first_seen_time_dt=aws.moved(at(finding, "FirstObservedAt")),
            last_seen_time_dt=aws.moved(at(finding, "LastObservedAt")),
            related_events=related,
        ),
    }


def _resources(finding: Tree) -> list[Ocsf]:
    owner = text(branch(finding, "ProductFields"), "ResourceOwnerAccount")
    criticality = text(finding, "Criticality")
    return [
        aws.said(
            uid=text(each, "Id"),
            type=text(each, "Type"),
            region=text(each, "Region"),
            cloud_partition=text(each, "Partition"),
            labels=[f"{key}:{value}" for key, value in branch(each, "Tags").items()],
            data=aws.json_text(at(each, "Details")),
            criticality=criticality,
            owner={"account": {"uid": owner}} if owner else None,
        )
        for each in items(finding, "Resources")
        if text(each, "Id")
    ]


def _single(finding: Tree, kept: Ocsf) -> Ocsf:
    """The resource; OCSF 1.1 has one of these classes, so others stay as they are."""
    found = _resources(finding)
    if len(found) > 1:
        kept["Resources"] = list(items(finding, "Resources"))[1:]
    return {"resource": found[0]} if found else {}


def _remediation(finding: Tree) -> Ocsf:
    advice = branch(finding, "Remediation.Recommendation")
    said, url = text(advice, "Text"), text(advice, "Url")
    return {"desc": said or url, **aws.said(references=[url] if url else [])} if said or url else {}


def _compliance(finding: Tree) -> Ocsf:
    compliance = branch(finding, "Compliance")
    reasons = items(compliance, "StatusReasons")
    status = text(compliance, "Status")
    return {
        "standards": [
            text(each, "StandardsId") for each in items(compliance, "AssociatedStandards")
        ],
        "status": status,
        "status_id": COMPLIANT.get(status, 0),
        **aws.said(
            control=text(compliance, "SecurityControlId"),
            requirements=[str(each) for each in items(compliance, "RelatedRequirements")],
            status_detail="; ".join(filter(None, (text(each, "Description") for each in reasons))),
            status_code=", ".join(filter(None, (text(each, "ReasonCode") for each in reasons))),
        ),
    }


def _vulnerabilities(finding: Tree) -> list[Ocsf]:
    remedy = _remediation(finding)
    return [_vulnerability(each, remedy) for each in items(finding, "Vulnerabilities")]


def _vulnerability(weak: object, remedy: Ocsf) -> Ocsf:
    vendor = branch(weak, "Vendor")
    scores = [
        aws.said(
            base_score=at(each, "BaseScore"),
            version=text(each, "Version"),
            vector_string=text(each, "BaseVector"),
        )
        for each in items(weak, "Cvss")
        if at(each, "BaseScore") is not None and text(each, "Version")
    ]
    score, url = text(weak, "EpssScore"), text(vendor, "Url")
    cve = aws.said(
        uid=text(weak, "Id"),
        cvss=scores,
        epss={"score": score} if score else None,
        references=[url] if url else [],
        created_time_dt=aws.moved(at(vendor, "VendorCreatedAt")),
        modified_time_dt=aws.moved(at(vendor, "VendorUpdatedAt")),
    )
    return aws.said(
        cve=cve,
        vendor_name=text(vendor, "Name"),
        references=[str(each) for each in items(weak, "ReferenceUrls")],
        related_vulnerabilities=[str(each) for each in items(weak, "RelatedVulnerabilities")],
        is_fix_available=_available(text(weak, "FixAvailable")),
        is_exploit_available=_available(text(weak, "ExploitAvailable")),
        affected_packages=[_package(each) for each in items(weak, "VulnerablePackages")],
        affected_code=[_code(each) for each in items(weak, "CodeVulnerabilities")],
        remediation=remedy,
    )


def _available(said: str) -> bool | None:
    return {"YES": True, "PARTIAL": True, "NO": False}.get(said.upper())


def _package(package: object) -> Ocsf:
    epoch, fix = text(package, "Epoch"), text(package, "Remediation")
    return {
        "name": text(package, "Name") or "unknown",
        "version": text(package, "Version") or "unknown",
        **aws.said(
            release=text(package, "Release"),
            architecture=text(package, "Architecture"),
            epoch=int(epoch) if epoch.isdigit() and len(epoch) < 9 else None,
            package_manager=text(package, "PackageManager"),
            path=text(package, "FilePath"),
            fixed_in_version=text(package, "FixedInVersion"),
            remediation={"desc": fix} if fix else None,
        ),
    }


def _code(code: object) -> Ocsf:
    path = branch(code, "FilePath")
    name = text(path, "FileName") or text(path, "FilePath") or "unknown"
    file = {"name": name, "type_id": 1}
    file |= aws.said(path=text(path, "FilePath"), uid=text(code, "SourceArn"))
    return {
        "file": file,
        **aws.said(start_line=_whole(at(path, "StartLine")), end_line=_whole(at(path, "EndLine"))),
    }


def _nested(fields: Tree) -> Tree:
    """GuardDuty's own structure of the flat names that Security Hub makes of it."""
    tree: dict[str, object] = {}
    for name, value in fields.items():
        path = name.removeprefix(GUARDDUTY)
        if path == name or not path or "." in path:
            continue
        try:
            put(tree, path.rstrip("_").replace("/", "."), value)
        except AssertionError:
            continue
    return tree


def _rest(finding: Tree) -> Ocsf:
    """What is left inside of fields of which a part has its place."""
    return aws.said(
        Severity=aws.without(branch(finding, "Severity"), "Label"),
        Workflow=aws.without(branch(finding, "Workflow"), "Status"),
        Note=aws.without(branch(finding, "Note"), "Text"),
        Compliance=aws.without(
            branch(finding, "Compliance"),
            *("SecurityControlId", "Status", "RelatedRequirements", "StatusReasons"),
            "AssociatedStandards",
        ),
    )
