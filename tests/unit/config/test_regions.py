from __future__ import annotations

import os
from mmap import ACCESS_READ, mmap
from pathlib import Path

import boto3
import pytest

from orchestrator.adapters.terraform import packages
from orchestrator.adapters.terraform.packages import find_mirror
from orchestrator.adapters.terraform.releases import this_platform
from orchestrator.config.checks.references import NOT_IN_PROVIDER, REGIONS

LOCK = Path(__file__).parents[3] / "terraform" / ".terraform.lock.hcl"


def test_every_region_that_botocore_knows_may_be_governed() -> None:
    known = boto3.Session().get_available_regions("ec2", partition_name="aws")

    assert set(known) <= REGIONS


@pytest.mark.terraform
def test_every_region_is_known_to_the_provider_in_use_or_said_to_be_newer() -> None:
    """The names of all regions are in the provider's executable, which refuses any other."""
    locked = packages.read_lock(LOCK.read_text())
    assert locked
    mirror = find_mirror(os.environ, this_platform(), locked.version, Path.cwd())
    assert mirror
    (program,) = mirror.package.glob("terraform-provider-aws*")

    with program.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        missing = {region for region in REGIONS if content.find(region.encode()) < 0}

    assert missing == NOT_IN_PROVIDER
