from __future__ import annotations

import re

import pytest

from orchestrator.model.settings import Standard
from orchestrator.render.standards import arn


@pytest.mark.parametrize("standard", list(Standard))
def test_every_standard_has_an_arn(standard: Standard) -> None:
    shape = r"arn:aws:securityhub:(us-east-1::standards|::ruleset)/[a-z0-9-]+/v/\d\.\d\.\d"

    assert re.fullmatch(shape, arn(standard, "us-east-1"))


def test_only_the_oldest_standard_has_no_region() -> None:
    without = [s for s in Standard if "us-east-1" not in arn(s, "us-east-1")]

    assert without == [Standard.CIS_1_2]
