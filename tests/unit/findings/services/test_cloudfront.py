from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Remediation, Status, Value
from orchestrator.findings.services.cloudfront import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.permissions import named
from tests.unit.findings.services.recording import PLACE, RecordingAws, missing

GONE = "arn:aws:cloudfront::123456789012:distribution/ENONE"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_distribution(
    aws: Aws,
    *,
    root: str = "",
    policy: str = "allow-all",
    protocols: tuple[str, ...] = ("TLSv1.2",),
    bucket: str = "",
) -> str:
    origin: dict[str, Any] = {"Id": "app", "DomainName": "app.example.com"}
    origin["CustomOriginConfig"] = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": len(protocols), "Items": list(protocols)},
    }
    if bucket:
        origin = {"Id": "bucket", "DomainName": f"{bucket}.s3.eu-west-1.amazonaws.com"}
        origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
    behaviour = {"TargetOriginId": origin["Id"], "ViewerProtocolPolicy": policy}
    config = {
        "CallerReference": f"{root}{policy}{len(protocols)}{bucket}",
        "Comment": "",
        "Enabled": True,
        "DefaultRootObject": root,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            **behaviour,
            "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }
    answer = aws("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": cycle.TAG_LIST}}
    )
    return str(answer["Distribution"]["ARN"])


def with_a_bucket(aws: Aws) -> str:
    aws("s3").create_bucket(
        Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    return a_distribution(aws, bucket="there")


def without_its_bucket(aws: Aws) -> str:
    return a_distribution(aws, bucket="lost")


def an_owned_distribution(aws: Aws) -> str:
    arn = a_distribution(aws, root="owned")
    aws("cloudfront").tag_resource(Resource=arn, Tags={"Items": [{"Key": "owner", "Value": "x"}]})
    return arn


CASES = (
    Case(
        "CloudFront.1",
        with_a_bucket,
        lambda aws: a_distribution(aws, root="index.html"),
        GONE,
        {"DefaultRootObject": "index.html"},
    ),
    Case(
        "CloudFront.1",
        with_a_bucket,
        a_distribution,
        GONE,
        {"DefaultRootObject": "index.html"},
        name="another origin than a bucket is left alone",
    ),
    Case(
        "CloudFront.3",
        a_distribution,
        lambda aws: a_distribution(aws, policy="https-only"),
        GONE,
    ),
    Case(
        "CloudFront.10",
        lambda aws: a_distribution(aws, protocols=("SSLv3", "TLSv1.2")),
        a_distribution,
        GONE,
    ),
    Case("CloudFront.14", a_distribution, an_owned_distribution, GONE, TAGGING),
)
LOST = Case("CloudFront.12", without_its_bucket, with_a_bucket, GONE)
FIXING = tuple(remediation for remediation in REMEDIATIONS if remediation.writes)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", (*CASES, LOST), ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", FIXING, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered((*CASES, LOST), REMEDIATIONS) == set()


def test_a_lost_origin_is_found_and_left_to_a_person() -> None:
    lost = cycle.remediation_of("CloudFront.12", REMEDIATIONS)
    with mock_aws():
        aws = RecordingAws()
        arn, passing = without_its_bucket(aws), with_a_bucket(aws)
        watched = RecordingAws()
        found = list(lost.find(PLACE, watched))
        states = {
            key: lost.check(cycle.target_of(lost, "CloudFront.12", key, {}), watched).status
            for key in (arn, passing, GONE)
        }

        assert lost.tags and lost.tags(cycle.target_of(lost, "", arn, {}), watched) == cycle.TAGS

    assert set(found) == {arn, passing}
    assert list(states.values()) == [Status.FAILS, Status.PASSES, Status.GONE]
    assert watched.needed == named(lost.reads)
    assert "lost" in cycle.hold_refusal(LOST, REMEDIATIONS)


def test_a_bucket_that_cannot_be_seen_is_not_taken_for_one_that_is_there() -> None:
    lost = cycle.remediation_of("CloudFront.12", REMEDIATIONS)

    def hide(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise missing("403", "HeadBucket")

    with mock_aws():
        aws = RecordingAws({("s3", "HeadBucket"): hide})
        target = cycle.target_of(lost, "CloudFront.12", a_distribution(aws, bucket="hidden"), {})

        assert lost.check(target, aws).status is Status.UNCLEAR


def test_an_origin_that_knows_sslv3_alone_is_left_to_a_person() -> None:
    case = Case("CloudFront.10", lambda aws: a_distribution(aws, protocols=("SSLv3",)))

    assert "SSLv3 alone" in cycle.hold_refusal(case, REMEDIATIONS)


def test_no_default_root_object_is_made_up() -> None:
    case = Case("CloudFront.1", a_distribution)

    assert "DefaultRootObject" in cycle.hold_refusal(case, REMEDIATIONS)
