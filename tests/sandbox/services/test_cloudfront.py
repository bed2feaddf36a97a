"""A distribution is deployed after each change, and deleted when it is disabled everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import Cloud, error_of


@pytest.fixture
def cloudfront(cloud: Cloud) -> Any:
    return cloud.client("cloudfront")


def a_distribution(cloudfront: Any) -> str:
    config = {
        "CallerReference": "first",
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "app",
                    "DomainName": "app.example.com",
                    "CustomOriginConfig": {
                        "HTTPPort": 80,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "https-only",
                    },
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "app",
            "ViewerProtocolPolicy": "https-only",
            "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }
    made = cloudfront.create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["Id"])


def status(cloudfront: Any, distribution: str) -> str:
    return str(cloudfront.get_distribution(Id=distribution)["Distribution"]["Status"])


def update(cloudfront: Any, distribution: str, **changes: Any) -> str:
    """The ETag of what it is now."""
    found = cloudfront.get_distribution_config(Id=distribution)
    config = {**found["DistributionConfig"], **changes}
    answer = cloudfront.update_distribution(
        Id=distribution, IfMatch=found["ETag"], DistributionConfig=config
    )
    return str(answer["ETag"])


def test_each_change_is_deployed_a_moment_later_however_often_one_looks(
    cloud: Cloud, cloudfront: Any
) -> None:
    cloud.sandbox.delays("distribution=60")
    made = a_distribution(cloudfront)
    at_first = [status(cloudfront, made) for _ in range(3)]
    cloud.sandbox.advance(61)
    later = status(cloudfront, made)
    update(cloudfront, made, Comment="Changed.")

    assert at_first == ["InProgress"] * 3
    assert later == "Deployed"
    assert status(cloudfront, made) == "InProgress"


def test_one_that_is_enabled_or_not_yet_disabled_everywhere_is_not_deleted(
    cloud: Cloud, cloudfront: Any
) -> None:
    cloud.sandbox.delays("distribution=60")
    made = a_distribution(cloudfront)
    cloud.sandbox.advance(61)
    tag = cloudfront.get_distribution(Id=made)["ETag"]

    enabled = error_of(cloudfront.delete_distribution, Id=made, IfMatch=tag)
    tag = update(cloudfront, made, Enabled=False)
    half_way = error_of(cloudfront.delete_distribution, Id=made, IfMatch=tag)
    cloud.sandbox.advance(61)
    cloudfront.delete_distribution(Id=made, IfMatch=tag)

    assert (enabled, half_way) == ("DistributionNotDisabled", "DistributionNotDisabled")
    assert error_of(cloudfront.get_distribution, Id=made) == "NoSuchDistribution"


def test_who_has_not_read_the_last_version_changes_and_deletes_nothing(cloudfront: Any) -> None:
    made = a_distribution(cloudfront)
    config = cloudfront.get_distribution_config(Id=made)
    change = {"Id": made, "DistributionConfig": config["DistributionConfig"]}
    tag = update(cloudfront, made, Enabled=False)

    stale = error_of(cloudfront.update_distribution, **change, IfMatch=config["ETag"])
    deleted = error_of(cloudfront.delete_distribution, Id=made, IfMatch=config["ETag"])
    nonsense = error_of(cloudfront.delete_distribution, Id=made, IfMatch="*")
    missing = error_of(cloudfront.update_distribution, **change)

    assert tag != config["ETag"]
    assert (stale, deleted) == ("PreconditionFailed", "PreconditionFailed")
    assert (nonsense, missing) == ("InvalidIfMatchVersion", "InvalidIfMatchVersion")


def test_a_distribution_keeps_its_caller_reference(cloudfront: Any) -> None:
    made = a_distribution(cloudfront)
    found = cloudfront.get_distribution_config(Id=made)
    config = {**found["DistributionConfig"], "CallerReference": "second"}
    change = {"Id": made, "IfMatch": found["ETag"], "DistributionConfig": config}

    assert error_of(cloudfront.update_distribution, **change) == "IllegalUpdate"
