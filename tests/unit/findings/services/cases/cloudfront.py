from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

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
    to_origin: str = "https-only",
    method: str = "",
) -> str:
    origin: dict[str, Any] = {"Id": "app", "DomainName": "app.example.com"}
    origin["CustomOriginConfig"] = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": to_origin,
        "OriginSslProtocols": {"Quantity": len(protocols), "Items": list(protocols)},
    }
    if bucket:
        origin = {"Id": "bucket", "DomainName": f"{bucket}.s3.eu-west-1.amazonaws.com"}
        origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
    behaviour = {"TargetOriginId": origin["Id"], "ViewerProtocolPolicy": policy}
    config = {
        "CallerReference": f"{root}{policy}{len(protocols)}{bucket}{to_origin}{method}",
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
    if method:
        certificate = "arn:aws:acm:us-east-1:123456789012:certificate/one"
        config["ViewerCertificate"] = {
            "ACMCertificateArn": certificate,
            "SSLSupportMethod": method,
            "MinimumProtocolVersion": "TLSv1.2_2021",
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


LOST = Case("CloudFront.12", without_its_bucket, with_a_bucket, GONE, fixed=False)

CASES = (
    LOST,
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
    Case(
        "CloudFront.8",
        lambda aws: a_distribution(aws, method="vip"),
        lambda aws: a_distribution(aws, method="sni-only"),
        GONE,
    ),
    Case(
        "CloudFront.9",
        lambda aws: a_distribution(aws, to_origin="match-viewer"),
        lambda aws: a_distribution(aws, to_origin="match-viewer", policy="https-only"),
        GONE,
    ),
    Case("CloudFront.14", a_distribution, an_owned_distribution, GONE, TAGGING),
)
