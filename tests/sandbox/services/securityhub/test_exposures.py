"""What closes exposures, as GetRemediationsV2 and ListExposuresByRemediationV2 answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import MEMBER, SECURITY, Cloud, error_of
from tests.sandbox.services.securityhub.test_findings_v2 import failing

BUCKET, OTHER_BUCKET = "arn:aws:s3:::orders", "arn:aws:s3:::logs"


def bucket(control: str, label: str, arn: str = BUCKET) -> dict[str, Any]:
    found = failing(control, "AwsS3Bucket", arn, label=label, Title=f"{control} of {arn}")
    return {**found, "Id": f"{found['Id']}/{arn}"}


FINDINGS = [
    bucket("S3.2", "CRITICAL"),
    bucket("S3.8", "HIGH"),
    bucket("S3.9", "MEDIUM"),
    bucket("S3.2", "HIGH", OTHER_BUCKET),
    bucket("S3.9", "MEDIUM", OTHER_BUCKET),
    bucket("S3.9", "MEDIUM", "arn:aws:s3:::alone"),
]


@pytest.fixture
def hub(administered: Cloud) -> Any:
    """The administrator's, which sees what a member has."""
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    for account in (MEMBER, SECURITY):
        administered.hub(account).enable_security_hub_v2()
    administered.hub(MEMBER).batch_import_findings(Findings=FINDINGS)
    return administered.hub()


def test_the_highest_priority_comes_first_and_says_what_it_would_do(hub: Any) -> None:
    items = hub.get_remediations_v2()["Items"]

    assert [each["Priority"] for each in items] == ["Critical"] * 3 + ["High"] * 2
    outcomes = {
        (each["Resource"]["Id"], each["Trait"]["Title"].partition(" ")[0]): each["Outcome"]
        for each in items
    }
    assert outcomes[OTHER_BUCKET, "S3.9"]["ResolvedFindingsCount"] == 1
    assert outcomes[BUCKET, "S3.2"]["SeverityReductionFindingsCount"] == 1
    assert outcomes[BUCKET, "S3.8"]["SeverityUnchangedCount"] == 1


def test_targets_are_chosen_by_uid_and_by_fields_and_paged(hub: Any) -> None:
    (first, *_) = items = hub.get_remediations_v2()["Items"]
    condition = {"FieldName": "Resource.Id", "Filter": {"Value": OTHER_BUCKET}}

    one = hub.get_remediations_v2(TargetUid=first["TargetUid"])["Items"]
    some = hub.get_remediations_v2(Filters={"CompositeFilters": [{"StringFilters": [condition]}]})
    pages = hub.get_paginator("get_remediations_v2").paginate(PaginationConfig={"PageSize": 2})

    assert one == [first]
    assert {each["Resource"]["Id"] for each in some["Items"]} == {OTHER_BUCKET}
    assert [item for page in pages for item in page["Items"]] == items


def test_the_exposures_behind_a_target_say_how_severe_they_would_be(hub: Any) -> None:
    reducing = next(
        each
        for each in hub.get_remediations_v2()["Items"]
        if each["Outcome"]["SeverityReductionFindingsCount"]
    )

    answer = hub.list_exposures_by_remediation_v2(TargetUid=reducing["TargetUid"])

    (exposure,) = answer["Items"]
    assert (answer["TotalCount"], answer["Resource"]["Id"]) == (1, BUCKET)
    severities = (exposure["PreviousSeverity"], exposure["ProjectedSeverity"])
    assert (severities, exposure["Impact"]) == (("Critical", "High"), "Reduces")
    of_it = hub.get_remediations_v2(MetadataUid=exposure["MetadataUid"])["Items"]
    assert {each["Resource"]["Id"] for each in of_it} == {BUCKET}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"TargetUid": "x", "MetadataUid": "y"}, "ValidationException"),
        ({"TargetUid": "x", "Filters": {}}, "ValidationException"),
        ({"MaxResults": 101}, "ValidationException"),
        ({"TargetUid": "x"}, "ResourceNotFoundException"),
        ({"MetadataUid": "x"}, "ResourceNotFoundException"),
    ],
)
def test_what_aws_refuses_is_refused(hub: Any, asked: dict[str, Any], code: str) -> None:
    assert error_of(hub.get_remediations_v2, **asked) == code


def test_a_target_that_is_not_there_has_no_exposures(hub: Any) -> None:
    asked = {"TargetUid": "x"}

    assert error_of(hub.list_exposures_by_remediation_v2, **asked) == "ResourceNotFoundException"


def test_a_hub_that_is_off_has_no_targets(administered: Cloud) -> None:
    assert error_of(administered.hub().get_remediations_v2) == "AccessDeniedException"
