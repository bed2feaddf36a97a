"""How each slow resource is seen to have settled: with the rights to look, in AWS's own words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.session import get_session

from orchestrator.findings.registry import REMEDIATIONS
from orchestrator.findings.remediation import Target
from orchestrator.findings.services import slow
from tests.unit.findings.services.cycle import Case, cases, one_each, remediation_of, target_of
from tests.unit.findings.services.recording import PLACE, RecordingAws, emulated

SLOW = [each for each in REMEDIATIONS if each.slow]
OF_SLOW = {control for each in SLOW for control in each.controls}
CASES = [case for known in cases().values() for case in one_each(known) if case.control in OF_SLOW]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_look_at_what_is_under_way_takes_no_more_than_the_rights_to_look(case: Case) -> None:
    remediation = remediation_of(case.control, REMEDIATIONS)
    with emulated(case.moto):
        aws = RecordingAws(case.overlay())
        target = target_of(remediation, case.control, case.violate(aws), case.parameters)
        looking = RecordingAws(aws.overlay)
        assert remediation.slow
        said = remediation.slow.changing(target, looking)

    assert isinstance(said, str)
    assert looking.needed <= {a for each in remediation.reads for a in each.actions}
    assert timedelta(hours=1) < remediation.slow.limit <= timedelta(hours=12)


def words(service: str, shape: str) -> list[str]:
    found: Any = get_session().get_service_model(service).shape_for(shape)
    return list(found.enum)


@pytest.mark.parametrize("status", words("dynamodb", "TableStatus"))
def test_a_table_is_being_changed_until_it_is_active_or_archived(status: str) -> None:
    answer = {"Table": {"TableStatus": status}}
    aws = RecordingAws({("dynamodb", "DescribeTable"): lambda _: answer})
    target = Target("DynamoDB.6", PLACE, "arn:aws:dynamodb:eu-west-1:123456789012:table/a")

    said = slow.TABLE.changing(target, aws)

    assert said == ("" if status in {"ACTIVE", "ARCHIVED"} else status)


@pytest.mark.parametrize("status", words("eks", "ClusterStatus"))
def test_a_cluster_is_being_changed_until_it_is_active_or_has_failed(status: str) -> None:
    aws = RecordingAws({("eks", "DescribeCluster"): lambda _: {"cluster": {"status": status}}})
    target = Target("EKS.1", PLACE, "arn:aws:eks:eu-west-1:123456789012:cluster/a")

    said = slow.KUBERNETES.changing(target, aws)

    assert said == ("" if status in {"ACTIVE", "FAILED"} else status)


@pytest.mark.parametrize("shape", ["ENABLING", "DISABLING", "SUSPENDING"])
def test_the_words_of_inspector_are_those_of_botocores_model(shape: str) -> None:
    assert shape in words("inspector2", "Status")


def test_the_slow_services_that_aws_names_are_all_here() -> None:
    """RDS, Redshift, EKS, ElastiCache, DynamoDB, Kinesis, Inspector, CloudFront, OpenSearch."""
    assert {kind.removeprefix("Aws") for kind in slow.SLOW} >= {
        *("Account", "CloudFrontDistribution", "DynamoDbTable", "EksCluster", "KinesisStream"),
        *("ElastiCacheReplicationGroup", "OpenSearchServiceDomain", "RdsDbCluster"),
        *("RdsDbInstance", "RedshiftCluster"),
    }
