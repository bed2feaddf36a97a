"""Findings name resources in AWS's own ways: with ids of AWS Config, and controls in any case.

Source: the findings that AWS publishes as samples with its own remediations,
aws-solutions/automated-security-response-on-aws, simtest/simdata and source/playbooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from moto.backends import get_backend

from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Place, Remediation, Status
from tests.unit.findings.services.cycle import Case, cases, remediation_of, target_of
from tests.unit.findings.services.recording import PLACE, RecordingAws, emulated

E1 = "arn:aws:{}:us-east-1:111111111111:{}".format
SAMPLES: dict[str, tuple[str, ...]] = {
    "AutoScaling.1": (
        E1("autoscaling", "autoScalingGroup:785df3481e1:autoScalingGroupName/sharr-test"),
        E1(
            "autoscaling",
            "autoScalingGroup:9ddd8926:autoScalingGroupName/arn:aws:iam::111111111111:role/x",
        ),
    ),
    "CloudFront.1": ("arn:aws:cloudfront::111111111111:distribution/E202DN2YO141F9",),
    "CloudTrail.4": (E1("cloudtrail", "trail/s3events"),),
    "CodeBuild.5": (E1("codebuild", "project/test"),),
    "EC2.2": (E1("ec2", "security-group/sg-1234123f"),),
    "EC2.8": (E1("ec2", "instance/i-077c4d5f32561ac45"),),
    "EC2.15": (E1("ec2", "subnet/subnet-017e22c0195eb5ded"),),
    "IAM.3": ("arn:aws:iam::111111111111:user/test-admin2",),
    "IAM.8": ("arn:aws:iam::111122223333:user/AIDACKCEVSQ6C2EXAMPLE",),
    "Lambda.1": (E1("lambda", "function:TAEBSVolumeSnapDelete"),),
    "RDS.1": (
        "arn:aws:rds:us-east-1:111122223333:dbclustersnapshot:rds:database-1-2021-10-27-04-10",
        E1("rds", "cluster-snapshot:rds:zva-2021-07-22-10-01"),
    ),
    "RDS.4": (E1("rds", "snapshot:rds:database-1-2022-03-19-08-12"),),
    "RDS.2": (E1("rds", "db:database-1"),),
    "RDS.6": ("arn:aws:rds:us-east-1:111122223333:dbinstance:db-OX46LTRYPXEQTAX3IQPQ4PNEWQ",),
    "RDS.7": ("arn:aws:rds:us-east-1:111122223333:dbcluster/cluster-XPQSQOBG664WF6JS47KIS52OFQ",),
    "Redshift.1": (E1("redshift", "cluster:redshift-cluster-1"),),
    "S3.8": ("arn:aws:s3:::example",),
    "SNS.1": ("arn:aws:sns:us-east-1:111122223333:BillingAlarm",),
    "SQS.1": (E1("sqs", "test_queue_3"),),
}
"""Control → ids that such findings have had."""


def here(id_: str) -> str:
    return id_.replace("us-east-1", PLACE.region).replace("111111111111", PLACE.account)


def named(remediation: Remediation, id_: str, aws: RecordingAws) -> str:
    naming = remediation.naming
    internal = naming and re.fullmatch(naming.pattern, id_)
    return (naming.find(internal[1], PLACE, aws) or id_) if naming and internal else id_


@pytest.mark.parametrize(
    ("control", "id_"), [(c, id_) for c, ids in SAMPLES.items() for id_ in ids]
)
def test_a_resource_of_a_published_finding_is_looked_for_and_said_to_be_gone(
    control: str, id_: str, aws: RecordingAws
) -> None:
    remediation = BY_CONTROL[control.lower()]
    name = named(remediation, here(id_), aws)

    target = target_of(remediation, control, name, {})

    assert remediation.check(target, aws).status is Status.GONE


def user_id(arn: str, _: RecordingAws) -> str:
    """With an id as AWS has them: moto makes up others."""
    for user in get_backend("iam")[PLACE.account]["aws"].users.values():
        user.id = "AIDACKCEVSQ6C2EXAMPLE" if user.arn == arn else "AIDAIMALBCBBI4ZZHJVTO"
    return f"arn:aws:iam::{PLACE.account}:user/AIDACKCEVSQ6C2EXAMPLE"


def role_id(arn: str, _: RecordingAws) -> str:
    """AWS's own example of an id: IAM User Guide, "Unique identifiers"."""
    for role in get_backend("iam")[PLACE.account]["aws"].roles.values():
        role.id = "AROADBQP57FF2AEXAMPLE" if role.arn == arn else "AROA11111111111EXAMPLE"
    return f"arn:aws:iam::{PLACE.account}:role/AROADBQP57FF2AEXAMPLE"


def instance_id(arn: str, aws: RecordingAws) -> str:
    (found,) = aws("rds").describe_db_instances(DBInstanceIdentifier=arn)["DBInstances"]
    return f"arn:aws:rds:{PLACE.region}:{PLACE.account}:dbinstance:{found['DbiResourceId']}"


def cluster_id(arn: str, aws: RecordingAws) -> str:
    name = arn.rpartition(":")[2]
    (found,) = aws("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return f"arn:aws:rds:{PLACE.region}:{PLACE.account}:dbcluster/{found['DbClusterResourceId']}"


def snapshot_id(arn: str, _: RecordingAws) -> str:
    twin = arn.replace(":cluster-snapshot:", ":dbclustersnapshot:")
    return twin.replace(":snapshot:", ":dbsnapshot:")


INTERNAL: dict[str, Callable[[str, RecordingAws], str]] = {
    "AwsIamRole": role_id,
    "AwsIamUser": user_id,
    "AwsRdsDbInstance": instance_id,
    "AwsRdsDbCluster": cluster_id,
    "AwsRdsDbClusterSnapshot": snapshot_id,
    "AwsRdsDbSnapshot": snapshot_id,
}
"""The type → how AWS Config names the resource instead."""
NAMED = [each for each in REMEDIATIONS if each.naming]
CASES = [case for known in cases().values() for case in known]


OF_NAMED = [each for each in CASES if any(each.control in named.controls for named in NAMED)]


def test_every_remediation_of_a_type_with_internal_ids_knows_them() -> None:
    assert {each.resource_type for each in NAMED} == set(INTERNAL)
    assert all(each.naming for each in REMEDIATIONS if each.resource_type in INTERNAL)


@pytest.mark.parametrize("case", OF_NAMED, ids=str)
def test_a_resource_is_found_by_its_internal_id_with_the_rights_to_look(case: Case) -> None:
    remediation = remediation_of(case.control, REMEDIATIONS)
    with emulated(case.moto):
        aws = RecordingAws(case.overlay())
        arn = case.violate(aws)
        id_ = INTERNAL[remediation.resource_type](arn, aws)
        looking = RecordingAws(aws.overlay)

        assert id_ != arn
        assert named(remediation, id_, looking) == arn
    allowed = {action for each in remediation.reads for action in each.actions}
    assert looking.needed <= allowed
    assert named(remediation, arn, looking) == arn


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda each: each.name)
def test_a_control_in_small_letters_is_the_control(remediation: Remediation) -> None:
    for control in remediation.controls:
        assert remediation.spelled(control.lower()) == control
        assert BY_CONTROL[control.lower()] is remediation


def test_an_id_that_nothing_has_any_more_stays_as_it_is(aws: RecordingAws) -> None:
    place = Place(PLACE.account, PLACE.region)
    for each in NAMED:
        assert each.naming
        if "Snapshot" not in each.resource_type:
            assert each.naming.find("db-0000", place, aws) == ""
