"""Security Hub and GuardDuty: lengths, counts, known names."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals.organization import HUB
from tests.sandbox.refusals.probe import GONE, Bench, Case, Params

PRODUCT = "arn:aws:securityhub:ap-northeast-1:200000000009:product/200000000009/default"


def _finding(**more: Any) -> Params:
    return {
        "FindingIdentifiers": [{"Id": "x", "ProductArn": PRODUCT}],
        "Note": {"Text": "t", "UpdatedBy": "me"},
        **more,
    }


def _note(text: Any, by: Any = "me") -> Params:
    return {"Note": {"Text": text, "UpdatedBy": by}}


HUB_ROWS = [
    ("an empty note", _note(""), HUB),
    ("a note of 513", _note("n" * 513), HUB),
    ("a note by nobody", _note("t", ""), HUB),
    ("a workflow AWS does not have", {"Workflow": {"Status": "DONE"}}, HUB),
    ("a verification AWS does not have", {"VerificationState": "PERHAPS"}, HUB),
    ("a severity AWS does not have", {"Severity": {"Label": "AWFUL"}}, HUB),
    ("101 findings", {"FindingIdentifiers": [{"Id": "x", "ProductArn": PRODUCT}] * 101}, HUB),
    ("no findings", {"FindingIdentifiers": []}, HUB),
    ("51 fields", {"UserDefinedFields": {f"k{n}": "v" for n in range(51)}}, HUB),
    ("a confidence of 101", {"Confidence": 101}, HUB),
    ("a criticality of -1", {"Criticality": -1}, HUB),
    ("a type of no namespace", {"Types": ["Guesses/Wild"]}, HUB),
]


def _filter(count: int = 1, **more: Any) -> Params:
    value = {"Value": "x", "Comparison": "EQUALS", **more}
    return {"Filters": {"Title": [value] * count}}


def _standard(bench: Bench) -> str:
    name = "aws-foundational-security-best-practices/v/1.0.0"
    return f"arn:aws:securityhub:{bench.region}::standards/{name}"


CASES = [
    Case(
        "securityhub",
        "batch_update_findings",
        lambda _: _finding(),
        HUB_ROWS,
        "AWS Security Hub API Reference, BatchUpdateFindings",
    ),
    Case(
        "securityhub",
        "get_findings",
        lambda _: {**_filter(), "MaxResults": 10},
        [
            ("21 values", _filter(21), HUB),
            ("a comparison AWS does not have", _filter(Comparison="LIKE"), HUB),
            ("101 a page", {"MaxResults": 101}, HUB),
        ],
        "AWS Security Hub API Reference, AwsSecurityFindingFilters",
    ),
    Case(
        "securityhub",
        "batch_get_security_controls",
        lambda _: {"SecurityControlIds": ["S3.1"]},
        [
            ("101 controls", {"SecurityControlIds": ["S3.1"] * 101}, HUB),
            ("no controls", {"SecurityControlIds": []}, HUB),
        ],
        "AWS Security Hub API Reference, BatchGetSecurityControls",
    ),
    Case(
        "securityhub",
        "create_action_target",
        lambda _: {"Name": "Probe", "Description": "d", "Id": "Probe"},
        [
            ("a name of 21", {"Name": "n" * 21}, HUB),
            ("an id with a dash", {"Id": "a-b"}, HUB),
            ("an id of 21", {"Id": "i" * 21}, HUB),
        ],
        "AWS Security Hub API Reference, CreateActionTarget",
    ),
    Case(
        "securityhub",
        "batch_enable_standards",
        lambda b: {"StandardsSubscriptionRequests": [{"StandardsArn": _standard(b)}]},
        [
            (
                "26 standards",
                lambda b: {"StandardsSubscriptionRequests": [{"StandardsArn": _standard(b)}] * 26},
                HUB,
            ),
            (
                "a standard AWS does not have",
                {"StandardsSubscriptionRequests": [{"StandardsArn": "arn:aws:securityhub:::x/y"}]},
                HUB,
            ),
        ],
        "AWS Security Hub API Reference, BatchEnableStandards",
    ),
    Case(
        "securityhub",
        "update_security_hub_configuration",
        lambda _: {"ControlFindingGenerator": "SECURITY_CONTROL"},
        [("a generator AWS does not have", {"ControlFindingGenerator": "DICE"}, HUB)],
        "AWS Security Hub API Reference, UpdateSecurityHubConfiguration",
    ),
    Case(
        "guardduty",
        "create_detector",
        lambda _: {"Enable": True, "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]},
        [
            (
                "a feature AWS does not have",
                {"Features": [{"Name": "CRYSTAL_BALL", "Status": "ENABLED"}]},
                "BadRequestException",
            ),
            (
                "a feature twice",
                {"Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}] * 2},
                "BadRequestException",
            ),
            (
                "features and data sources",
                {"DataSources": {"S3Logs": {"Enable": True}}},
                "BadRequestException",
            ),
            (
                "a frequency AWS does not have",
                {"FindingPublishingFrequency": "DAILY"},
                "BadRequestException",
            ),
            ("no word on enabling", {"Enable": GONE}, "BadRequestException"),
        ],
        "Amazon GuardDuty API Reference, CreateDetector",
    ),
    Case(
        "guardduty",
        "update_detector",
        lambda b: {"DetectorId": b.client("guardduty").list_detectors()["DetectorIds"][0]},
        [
            (
                "a frequency AWS does not have",
                {"FindingPublishingFrequency": "DAILY"},
                "BadRequestException",
            )
        ],
        "Amazon GuardDuty API Reference, UpdateDetector",
    ),
]
