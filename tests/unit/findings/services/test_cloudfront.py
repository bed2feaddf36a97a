from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Status
from orchestrator.findings.services.cloudfront import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.cloudfront import (
    GONE,
    LOST,
    a_distribution,
    with_a_bucket,
    without_its_bucket,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.permissions import named
from tests.unit.findings.services.recording import PLACE, RecordingAws, emulated, missing


def test_a_lost_origin_is_found_and_left_to_a_person() -> None:
    lost = cycle.remediation_of("CloudFront.12", REMEDIATIONS)
    with emulated():
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

    with emulated():
        aws = RecordingAws({("s3", "HeadBucket"): hide})
        target = cycle.target_of(lost, "CloudFront.12", a_distribution(aws, bucket="hidden"), {})

        assert lost.check(target, aws).status is Status.UNCLEAR


def test_an_origin_that_knows_sslv3_alone_is_left_to_a_person() -> None:
    case = Case("CloudFront.10", lambda aws: a_distribution(aws, protocols=("SSLv3",)))

    assert "SSLv3 alone" in cycle.hold_refusal(case, REMEDIATIONS)


def test_no_default_root_object_is_made_up() -> None:
    case = Case("CloudFront.1", a_distribution)

    assert "DefaultRootObject" in cycle.hold_refusal(case, REMEDIATIONS)
