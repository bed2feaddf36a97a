"""A finding of Security Hub CSPM as the unified hub writes it, in OCSF.

What stands where is as in recorded findings: elastic/integrations, packages/aws_securityhub,
test-findings.log. A queue is known by its URL, what is of IAM by an id of IAM's own in the region
'global', an account by its number alone, all others by the last part of their ARN; Inspector names
no ARN of an instance.
"""

from __future__ import annotations

import datetime
import hashlib
from functools import cache

from moto.core.utils import get_service_model

from orchestrator.sandbox.extend import Json

VERSION = "1.6.0"
SEVERITIES = {"INFORMATIONAL": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "CRITICAL": 5}
STATUSES = {"NEW": (1, "New"), "NOTIFIED": (2, "In Progress")}
STATUSES |= {"SUPPRESSED": (3, "Suppressed"), "RESOLVED": (4, "Resolved")}
COMPLIANCES = {"PASSED": (1, "Pass"), "WARNING": (2, "Warning"), "FAILED": (3, "Fail")}
CLASSES = {
    2002: "Vulnerability Finding",
    2003: "Compliance Finding",
    2004: "Detection Finding",
    2006: "Data Security Finding",
}
BY_PRODUCT = {"inspector": 2002, "guardduty": 2004, "macie": 2006}
ACTIVITIES = {1: "Create", 2: "Update", 3: "Close"}
SERVICES = {
    "certificatemanager": "acm",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancingv2",
    "opensearchservice": "opensearch",
    "stepfunction": "stepfunctions",
}
"""What AWS Config calls a service that ASFF has another word for, in small letters."""


def translated(finding: Json, activity: int) -> Json:
    """`finding`, in ASFF, as OCSF. `activity`: 1 create, 2 update, 3 close."""
    product = product_of(finding)
    class_uid = BY_PRODUCT.get(product.rpartition("/")[2], 2003)
    severity = SEVERITIES[finding["Severity"]["Label"]]
    status, status_name = STATUSES[finding["Workflow"]["Status"]]
    updated = finding["UpdatedAt"]
    label = finding["Severity"]["Label"].capitalize()
    return {
        "activity_id": activity,
        "activity_name": ACTIVITIES[activity],
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": CLASSES[class_uid],
        "class_uid": class_uid,
        "cloud": {
            "account": {"uid": finding["AwsAccountId"]},
            "provider": "AWS",
            "region": finding["Region"],
        },
        **_compliance(finding, class_uid),
        "finding_info": {
            "uid": finding["Id"],
            "title": finding["Title"],
            "desc": finding["Description"],
            "types": finding.get("Types", []),
            **times("created_time", finding["CreatedAt"]),
            **times("modified_time", updated),
        },
        "metadata": {
            "product": {
                "name": finding["ProductName"],
                "uid": product,
                "vendor_name": finding["CompanyName"],
            },
            "profiles": ["cloud", "datetime"],
            "uid": hashlib.sha256(f"{product} {finding['Id']}".encode()).hexdigest(),
            "version": VERSION,
        },
        "resources": [_resource(each, finding, class_uid) for each in finding["Resources"]],
        "severity": label,
        "severity_id": severity,
        "status": status_name,
        "status_id": status,
        **times("time", updated),
        "type_name": f"{CLASSES[class_uid]}: {ACTIVITIES[activity]}",
        "type_uid": class_uid * 100 + activity,
        "vendor_attributes": {"severity": label, "severity_id": severity},
    }


def product_of(finding: Json) -> str:
    return str(finding["ProductArn"]).replace(":product/", ":productv2/", 1)


def _compliance(finding: Json, class_uid: int) -> Json:
    if class_uid != 2003:
        return {}
    found = finding.get("Compliance") or {}
    status, name = COMPLIANCES.get(found.get("Status", ""), (0, "Unknown"))
    control = found.get("SecurityControlId")
    standards = [each["StandardsId"] for each in found.get("AssociatedStandards") or []]
    known = {"control": control, "standards": standards} if control else {}
    return {"compliance": {**known, "status": name, "status_id": status}}


def times(name: str, written: str) -> Json:
    """A moment in both forms, as every finding has it."""
    moment = datetime.datetime.fromisoformat(written)
    return {name: int(moment.timestamp() * 1000), f"{name}_dt": written}


def _resource(resource: Json, finding: Json, class_uid: int) -> Json:
    kind, arn, account = resource["Type"], resource["Id"], finding["AwsAccountId"]
    region = "global" if kind.startswith("AwsIam") else finding["Region"]
    names = {"uid": _uid(kind, arn)}
    if arn.startswith("arn:") and (class_uid, kind) != (2002, "AwsEc2Instance"):
        names["uid_alt"] = arn
    return {
        "cloud_partition": finding["ProductArn"].split(":")[1],
        "owner": {"account": {"uid": account}},
        "region": region,
        "tags": [{"name": k, "value": v} for k, v in (resource.get("Tags") or {}).items()],
        "type": _types().get(kind.lower(), kind),
        **names,
    }


def _uid(kind: str, arn: str) -> str:
    last = arn.replace("/", ":").rpartition(":")[2]
    if kind == "AwsSqsQueue" and arn.count(":") == 5:
        region, account = arn.split(":")[3:5]
        return f"https://sqs.{region}.amazonaws.com/{account}/{last}"
    if kind.startswith("AwsIam") and arn.startswith("arn:"):
        return "A" + hashlib.sha256(arn.encode()).hexdigest()[:20].upper()
    return last


@cache
def _types() -> dict[str, str]:
    """AWS Config's words for types by ASFF's, in small letters. Source: API model of AWS Config."""
    found = {"awsaccount": "AWS::::Account", "awss3object": "AWS::S3::Object"}
    back = {config: asff for asff, config in SERVICES.items()}
    for kind in get_service_model("config").shape_for("ResourceType").enum:
        _, service, name = kind.split("::")
        known = back.get(service.lower(), service.lower())
        found[f"aws{known}{name.lower()}"] = kind
    return found
