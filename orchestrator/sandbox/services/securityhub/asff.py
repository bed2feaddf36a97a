"""The AWS Security Finding Format: what must be in a finding, who may set what."""

from __future__ import annotations

import copy
import re

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub.part import exceeded, now

REQUIRED = (
    "SchemaVersion",
    "Id",
    "ProductArn",
    "GeneratorId",
    "AwsAccountId",
    "CreatedAt",
    "UpdatedAt",
    "Title",
    "Description",
    "Resources",
)
# A product that imports a finding again does not touch these; only BatchUpdateFindings does.
# Source: Security Hub API reference, BatchImportFindings.
CUSTOMERS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")
CUSTOMER_FIELDS = (
    *CUSTOMERS,
    "Severity",
    "Confidence",
    "Criticality",
    "Types",
    "RelatedFindings",
)
LABELS = {"INFORMATIONAL": 0, "LOW": 1, "MEDIUM": 40, "HIGH": 70, "CRITICAL": 90}
WORKFLOW = ("NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED")
RECORD = ("ACTIVE", "ARCHIVED")
MAX_RESOURCES = 32
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")
_PRODUCT = re.compile(r"^arn:[^:]+:securityhub:[^:]*:(\d{12})?:product/[^/]+/[^/]+$")


def problem(finding: Json, account_id: str) -> str:
    """Why BatchImportFindings refuses this finding; '' if it does not."""
    missing = [name for name in REQUIRED if not finding.get(name)]
    if missing:
        return f"Finding does not adhere to Amazon Finding Format. Missing: {', '.join(missing)}"
    if not (finding.get("Severity") or finding.get("FindingProviderFields", {}).get("Severity")):
        return "Finding does not adhere to Amazon Finding Format. Missing: Severity"
    if len(finding["Resources"]) > MAX_RESOURCES:
        return f"Finding has more than {MAX_RESOURCES} resources"
    return _account_problem(finding, account_id) or _value_problem(finding) or exceeded(finding)


def completed(finding: Json, known: Json | None, region: str) -> Json:
    """The finding as Security Hub keeps it: defaults filled in, customers' fields kept."""
    full = copy.deepcopy(finding)
    provider = full.setdefault("FindingProviderFields", {})
    severity = full.setdefault("Severity", dict(provider.get("Severity") or {}))
    full["Severity"] = _severity(severity)
    provider.setdefault("Severity", {"Label": full["Severity"]["Label"]})
    provider.setdefault("Types", full.get("Types", []))
    full.setdefault("Types", provider["Types"])
    full.setdefault("RecordState", "ACTIVE")
    full.setdefault("Workflow", {"Status": "NEW"})
    full.setdefault("WorkflowState", "NEW")
    full.setdefault("Region", region)
    _name_product(full)
    kept = {name: known[name] for name in CUSTOMERS if name in known} if known else {}
    return {**full, **kept, **_own_workflow(full, known)}


def _own_workflow(finding: Json, known: Json | None) -> Json:
    """A control's finding is resolved when it passes, and new when it fails again.

    Source: Security Hub user guide, "Setting the workflow status of findings".
    """
    if not finding["ProductArn"].endswith("::product/aws/securityhub"):
        return {}
    before = (known or {}).get("Compliance", {}).get("Status")
    after = finding.get("Compliance", {}).get("Status")
    suppressed = ((known or {}).get("Workflow") or {}).get("Status") == "SUPPRESSED"
    if suppressed or after == before:
        return {}
    return {"Workflow": {"Status": "RESOLVED" if after == "PASSED" else "NEW"}}


def customer_fields(params: Json) -> Json:
    """The part of a BatchUpdateFindings request that changes a finding."""
    change = {name: params[name] for name in CUSTOMER_FIELDS if name in params}
    if "Note" in change:
        change["Note"] = {**change["Note"], "UpdatedAt": now()}
    return change


def changed(finding: Json, change: Json) -> Json:
    """`finding` with a customer's change; a severity label sets its number and the reverse."""
    new = {**finding, **{k: v for k, v in change.items() if k != "Severity"}}
    if "Severity" in change:
        new["Severity"] = _severity({**change["Severity"]})
        original = finding["Severity"].get("Original")
        if original:
            new["Severity"].setdefault("Original", original)
    return new


def record(before: Json, after: Json, by: str) -> Json:
    """An entry of the finding's history."""
    names = [name for name in CUSTOMER_FIELDS if before.get(name) != after.get(name)]
    updates = [
        {
            "UpdatedField": name,
            "OldValue": str(before.get(name, "")),
            "NewValue": str(after.get(name, "")),
        }
        for name in names
    ]
    return {
        "FindingIdentifier": {"Id": after["Id"], "ProductArn": after["ProductArn"]},
        "UpdateTime": now(),
        "FindingCreated": False,
        "UpdateSource": {"Type": "BATCH_UPDATE_FINDINGS", "Identity": by},
        "Updates": updates,
    }


def _severity(severity: Json) -> Json:
    if "Label" not in severity:
        number = severity.get("Normalized", 0)
        severity["Label"] = next(label for label, n in reversed(LABELS.items()) if number >= n)
    severity.setdefault("Normalized", LABELS[severity["Label"]])
    return severity


PRODUCTS = {
    "access-analyzer": "IAM Access Analyzer",
    "default": "Default",
    "guardduty": "GuardDuty",
    "health": "Health",
    "inspector": "Inspector",
    "macie": "Macie",
    "securityhub": "Security Hub",
}
"""As AWS names them in findings, by what stands in the ARN. Source: AWS Security Hub User Guide,
"Required top-level ASFF attributes" and "Optional top-level ASFF attributes"."""


def _name_product(finding: Json) -> None:
    """Product and company stand in the ARN: `…:product/aws/guardduty`."""
    company, product = finding["ProductArn"].split("product/", 1)[1].split("/", 1)
    finding.setdefault("CompanyName", "AWS" if company == "aws" else "Personal")
    finding.setdefault("ProductName", PRODUCTS.get(product, product))


def _account_problem(finding: Json, account_id: str) -> str:
    product = _PRODUCT.match(finding["ProductArn"])
    if product is None:
        return f"Invalid ProductArn {finding['ProductArn']}"
    if account_id not in (finding["AwsAccountId"], product[1]):
        return f"Account {account_id} may not import a finding of {finding['AwsAccountId']}"
    if product[1] and "/default" in finding["ProductArn"] and product[1] != account_id:
        return f"ProductArn {finding['ProductArn']} belongs to another account"
    return ""


def _value_problem(finding: Json) -> str:
    times = [name for name in ("CreatedAt", "UpdatedAt") if not _TIME.match(str(finding[name]))]
    label = finding.get("Severity", {}).get("Label", "LOW")
    status = finding.get("Workflow", {}).get("Status", "NEW")
    checks = {
        f"{', '.join(times)} is not a time in ISO 8601": bool(times),
        f"Severity.Label {label} is not known": label not in LABELS,
        f"Workflow.Status {status} is not known": status not in WORKFLOW,
        "RecordState is not known": finding.get("RecordState", "ACTIVE") not in RECORD,
        "A resource has no Id or Type": any(
            not (r.get("Id") and r.get("Type")) for r in finding["Resources"]
        ),
    }
    return next((message for message, wrong in checks.items() if wrong), "")
