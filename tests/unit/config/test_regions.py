from __future__ import annotations

import boto3

from orchestrator.config.regions import REGIONS


def test_every_region_that_botocore_knows_may_be_governed() -> None:
    known = boto3.Session().get_available_regions("ec2", partition_name="aws")

    assert set(known) <= REGIONS
