"""CloudFront.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon CloudFront"; AWS Config
Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    named,
    tagged,
)

BUCKET_DOMAIN = re.compile(r"^(?P<bucket>.+?)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")


def _distributions(reader: Reader) -> list[Any]:
    listed = reader.all("cloudfront", "list_distributions", "DistributionList", "Items")
    return [
        reader.get("cloudfront", "get_distribution", "Distribution", Id=each["Id"])
        for each in listed
    ]


DISTRIBUTION = Subject("AwsCloudFrontDistribution", _distributions, named("ARN"), once=True)


def _origins(distribution: Any) -> list[Any]:
    return dig(distribution, "DistributionConfig", "Origins", "Items") or []


def _bucket_of(origin: Any) -> str:
    """The bucket that is the origin itself, not a website that S3 serves of it."""
    domain = origin["DomainName"]
    if origin.get("CustomOriginConfig") or ".s3-website" in domain:
        return ""
    found = BUCKET_DOMAIN.match(domain)
    return found["bucket"] if found else ""


def _root_object(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: the text of CloudFront.1: with a bucket as origin; custom origins are left out."""
    if not any(_bucket_of(origin) for origin in _origins(distribution)):
        return ""
    config = distribution["DistributionConfig"]
    return "" if config.get("DefaultRootObject") else "has no default root object"


def _viewers(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-viewer-policy-https: no behavior allows all."""
    config = distribution["DistributionConfig"]
    others = dig(config, "CacheBehaviors", "Items") or ()
    behaviors = [config["DefaultCacheBehavior"], *others]
    plain = any(each["ViewerProtocolPolicy"] == "allow-all" for each in behaviors)
    return "viewers may use HTTP" if plain else ""


def _by_addresses(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-sni-enabled: a certificate of its own, on dedicated addresses."""
    how = dig(distribution, "DistributionConfig", "ViewerCertificate", "SSLSupportMethod")
    return "has addresses of its own" if how == "vip" else ""


def _plain_origins(distribution: Any, reader: Reader, parameters: Parameters) -> str:
    """Source: cloudfront-traffic-to-origin-encrypted; the text of CloudFront.9."""
    open_to_http = bool(_viewers(distribution, reader, parameters))
    for origin in _origins(distribution):
        policy = dig(origin, "CustomOriginConfig", "OriginProtocolPolicy")
        if policy == "http-only" or (policy == "match-viewer" and open_to_http):
            return f"{origin['DomainName']} is reached over HTTP"
    return ""


def _old_protocols(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-no-deprecated-ssl-protocols: no custom origin with SSLv3."""
    for origin in _origins(distribution):
        if "SSLv3" in (dig(origin, "CustomOriginConfig", "OriginSslProtocols", "Items") or ()):
            return f"SSLv3 to {origin['DomainName']}"
    return ""


def _lost(distribution: Any, reader: Reader, _: Parameters) -> str:
    """Source: cloudfront-s3-origin-non-existent-bucket."""
    for origin in _origins(distribution):
        bucket = _bucket_of(origin)
        if bucket and _missing(bucket, reader):
            return f"its origin {bucket} does not exist"
    return ""


def _missing(bucket: str, reader: Reader) -> bool:
    try:
        reader.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return True
        if error.response["Error"]["Code"] not in ("403", "301"):
            raise
    return False


def _distribution_tags(distribution: Any, reader: Reader) -> list[str]:
    return keys_of(
        reader.get(
            *("cloudfront", "list_tags_for_resource", "Tags", "Items"), Resource=distribution["ARN"]
        )
    )


RULES: Rules = {
    "CloudFront.1": (
        Rule("cloudfront-default-root-object-configured", DISTRIBUTION, _root_object),
    ),
    "CloudFront.3": (Rule("cloudfront-viewer-policy-https", DISTRIBUTION, _viewers),),
    "CloudFront.8": (Rule("cloudfront-sni-enabled", DISTRIBUTION, _by_addresses),),
    "CloudFront.9": (Rule("cloudfront-traffic-to-origin-encrypted", DISTRIBUTION, _plain_origins),),
    "CloudFront.10": (
        Rule("cloudfront-no-deprecated-ssl-protocols", DISTRIBUTION, _old_protocols),
    ),
    "CloudFront.12": (Rule("cloudfront-s3-origin-non-existent-bucket", DISTRIBUTION, _lost),),
    "CloudFront.14": (Rule("", DISTRIBUTION, tagged(_distribution_tags)),),
}
