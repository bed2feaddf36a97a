from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore import xform_name
from moto.rds.models import rds_backends

from orchestrator.findings.remediation import Aws, Status, Value
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case
from tests.unit.findings.services.recording import Overlay

HERE = "arn:aws:rds:eu-west-1:123456789012"
NO_INSTANCE = f"{HERE}:db:nobody"
NO_CLUSTER = f"{HERE}:cluster:nobody"
NO_SNAPSHOT = f"{HERE}:snapshot:nobody"
NO_CLUSTER_SNAPSHOT = f"{HERE}:cluster-snapshot:nobody"


def instance(name: str = "orders", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        options = {"Engine": "postgres", "DBInstanceClass": "db.t3.small", "AllocatedStorage": 20}
        made = aws("rds").create_db_instance(
            DBInstanceIdentifier=name,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret",
            Tags=TAG_LIST,
            **options | given,
        )
        return str(made["DBInstance"]["DBInstanceArn"])

    return build


def cluster(name: str = "orders", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("rds").create_db_cluster(
            DBClusterIdentifier=name,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret",
            Tags=TAG_LIST,
            **{"Engine": "aurora-mysql"} | given,
        )
        return str(made["DBCluster"]["DBClusterArn"])

    return build


MULTI_AZ = {
    "Engine": "mysql",
    "DBClusterInstanceClass": "db.m5d.large",
    "AllocatedStorage": 100,
    "StorageType": "io1",
    "Iops": 1000,
}


def a_snapshot(name: str = "orders", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        instance(name, **given)(aws)
        made = aws("rds").create_db_snapshot(
            DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-1", Tags=TAG_LIST
        )
        return str(made["DBSnapshot"]["DBSnapshotArn"])

    return build


def with_a_key(build: Builder) -> Builder:
    def made(aws: Aws) -> str:
        key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
        aws("kms").create_alias(AliasName="alias/snapshots", TargetKeyId=key)
        return build(aws)

    return made


def a_public_snapshot(aws: Aws) -> str:
    arn = a_snapshot()(aws)
    aws("rds").modify_db_snapshot_attribute(
        DBSnapshotIdentifier="orders-1",
        AttributeName="restore",
        ValuesToAdd=["all", "111122223333"],
    )
    return arn


def a_cluster_snapshot(name: str = "orders", **given: Any) -> Builder:
    def build(aws: Aws) -> str:
        cluster(name, **given)(aws)
        made = aws("rds").create_db_cluster_snapshot(
            DBClusterIdentifier=name, DBClusterSnapshotIdentifier=f"{name}-1", Tags=TAG_LIST
        )
        return str(made["DBClusterSnapshot"]["DBClusterSnapshotArn"])

    return build


def a_public_cluster_snapshot(aws: Aws) -> str:
    arn = a_cluster_snapshot()(aws)
    aws("rds").modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all"]
    )
    return arn


def on_off(
    control: str, build: Callable[..., Builder], key: str, on: Any = True, **more: Any
) -> Case:
    """A case of a setting that is on or off."""
    missing = NO_INSTANCE if build is instance else NO_CLUSTER
    off = not on
    return Case(control, build(**{key: off}, **more), build("fine", **{key: on}, **more), missing)


def modified(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What moto's ModifyDBCluster leaves out."""
    found = rds_backends["123456789012"]["eu-west-1"].clusters[given["DBClusterIdentifier"]]
    if "EnableIAMDatabaseAuthentication" in given:
        found.iam_auth = given["EnableIAMDatabaseAuthentication"]
    exports = given.get("CloudwatchLogsExportConfiguration", {})
    logs = set(found.enabled_cloudwatch_logs_exports) | set(exports.get("EnableLogTypes", ()))
    found.enabled_cloudwatch_logs_exports = sorted(logs - set(exports.get("DisableLogTypes", ())))
    return {}


def overlay() -> Overlay:
    return {("rds", "ModifyDBCluster"): modified}


def documents() -> Overlay:
    """A cluster of DocumentDB, an engine that moto's RDS does not have."""

    def made(given: Mapping[str, Any]) -> Mapping[str, Any]:
        options = {xform_name(key): value for key, value in given.items()}
        backend = rds_backends["123456789012"]["eu-west-1"]
        found = backend.create_db_cluster({**options, "engine": "neptune"})
        found.engine = given["Engine"]
        return {"DBCluster": {"DBClusterArn": found.db_cluster_arn}}

    return {("rds", "CreateDBCluster"): made}


def audited() -> Overlay:
    """Its logs, too."""
    return {**overlay(), **documents()}


def signed(aws: Aws) -> str:
    """A cluster of Neptune that asks for requests with IAM's signature."""
    arn = cluster("fine", Engine="neptune")(aws)
    aws("rds").modify_db_cluster(
        DBClusterIdentifier="fine", EnableIAMDatabaseAuthentication=True, ApplyImmediately=True
    )
    return arn


KEY = {"key": "alias/snapshots"}
ROLE = {"role": "arn:{partition}:iam::{account}:role/monitoring"}

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def owned(build: Builder) -> Builder:
    """With the tag that is asked for, too."""

    def made(aws: Aws) -> str:
        arn = build(aws)
        aws("rds").add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "owner", "Value": "x"}])
        return arn

    return made


def a_security_group(name: str) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("rds").create_db_security_group(
            DBSecurityGroupName=name, DBSecurityGroupDescription="old", Tags=TAG_LIST
        )
        return str(made["DBSecurityGroup"]["DBSecurityGroupArn"])

    return build


def a_subnet_group(name: str) -> Builder:
    def build(aws: Aws) -> str:
        ec2 = aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}"
            )["Subnet"]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        made = aws("rds").create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription="inside",
            SubnetIds=subnets,
            Tags=TAG_LIST,
        )
        return str(made["DBSubnetGroup"]["DBSubnetGroupArn"])

    return build


def tag_case(control: str, build: Callable[[str], Builder], word: str) -> Case:
    return Case(control, build("orders"), owned(build("fine")), f"{HERE}:{word}:nobody", TAGGING)


def a_public(engine: str) -> Builder:
    """A snapshot of a cluster, for everybody."""

    def build(aws: Aws) -> str:
        arn = a_cluster_snapshot(Engine=engine)(aws)
        aws("rds").modify_db_cluster_snapshot_attribute(
            DBClusterSnapshotIdentifier="orders-1", AttributeName="restore", ValuesToAdd=["all"]
        )
        return arn

    return build


def relatives(product: str, engine: str, numbers: Mapping[str, int]) -> tuple[Case, ...]:
    """The cases that DocumentDB and Neptune have in common; `numbers` by what is asked."""
    name = {key: f"{product}.{number}" for key, number in numbers.items()}
    kept = cluster(Engine=engine, BackupRetentionPeriod=1)
    logged = cluster("fine", Engine=engine, EnableCloudwatchLogsExports=["audit"])
    return (
        Case(
            name["backups"],
            kept,
            cluster("fine", Engine=engine, BackupRetentionPeriod=14),
            NO_CLUSTER,
            {"days": 10},
        ),
        Case(
            name["public"],
            a_public(engine),
            a_cluster_snapshot("fine", Engine=engine),
            NO_CLUSTER_SNAPSHOT,
        ),
        Case(name["audits"], cluster(Engine=engine), logged, NO_CLUSTER, overlay=overlay),
        on_off(name["protected"], cluster, "DeletionProtection", Engine=engine),
    )


RELATIVES = (
    *(
        replace(each, overlay=audited if each.overlay is overlay else documents)
        for each in relatives(
            "DocumentDB", "docdb", {"backups": 2, "public": 3, "audits": 4, "protected": 5}
        )
    ),
    *relatives("Neptune", "neptune", {"backups": 5, "public": 3, "audits": 2, "protected": 4}),
    Case("Neptune.7", cluster(Engine="neptune"), signed, NO_CLUSTER, overlay=overlay),
    on_off("Neptune.8", cluster, "CopyTagsToSnapshot", Engine="neptune"),
    on_off("RDS.47", cluster, "CopyTagsToSnapshot", **MULTI_AZ | {"Engine": "postgres"}),
    on_off("RDS.48", cluster, "CopyTagsToSnapshot", **MULTI_AZ),
    Case(
        "RDS.50",
        cluster(BackupRetentionPeriod=1),
        cluster("fine", BackupRetentionPeriod=7),
        NO_CLUSTER,
    ),
)

CASES = (
    *RELATIVES,
    tag_case("RDS.28", cluster, "cluster"),
    tag_case("RDS.29", a_cluster_snapshot, "cluster-snapshot"),
    tag_case("RDS.30", instance, "db"),
    tag_case("RDS.31", a_security_group, "secgrp"),
    tag_case("RDS.32", a_snapshot, "snapshot"),
    tag_case("RDS.33", a_subnet_group, "subgrp"),
    Case("RDS.1", a_public_snapshot, a_snapshot("fine"), NO_SNAPSHOT),
    Case(
        "RDS.1",
        a_public_cluster_snapshot,
        a_cluster_snapshot("fine"),
        NO_CLUSTER_SNAPSHOT,
        name="of a cluster",
    ),
    on_off("RDS.2", instance, "PubliclyAccessible", on=False),
    Case(
        "RDS.4",
        with_a_key(a_snapshot()),
        a_snapshot("fine", StorageEncrypted=True),
        NO_SNAPSHOT,
        KEY,
        after=Status.FAILS,
    ),
    Case(
        "RDS.4",
        with_a_key(a_cluster_snapshot()),
        a_cluster_snapshot("fine", StorageEncrypted=True),
        NO_CLUSTER_SNAPSHOT,
        KEY,
        "of a cluster",
        after=Status.FAILS,
    ),
    on_off("RDS.5", instance, "MultiAZ"),
    Case(
        "RDS.6",
        instance(),
        instance(
            "fine",
            MonitoringInterval=60,
            MonitoringRoleArn="arn:aws:iam::123456789012:role/monitoring",
        ),
        NO_INSTANCE,
        ROLE,
    ),
    on_off("RDS.7", cluster, "DeletionProtection"),
    on_off("RDS.8", instance, "DeletionProtection"),
    on_off("RDS.10", instance, "EnableIAMDatabaseAuthentication"),
    Case(
        "RDS.11",
        instance(BackupRetentionPeriod=1),
        instance("fine", BackupRetentionPeriod=7),
        NO_INSTANCE,
    ),
    replace(on_off("RDS.12", cluster, "EnableIAMDatabaseAuthentication"), overlay=overlay),
    on_off("RDS.13", instance, "AutoMinorVersionUpgrade"),
    on_off("RDS.16", cluster, "CopyTagsToSnapshot"),
    on_off("RDS.17", instance, "CopyTagsToSnapshot"),
    Case(
        "RDS.34",
        cluster(),
        cluster("fine", EnableCloudwatchLogsExports=["audit", "error"]),
        NO_CLUSTER,
        overlay=overlay,
    ),
    on_off("RDS.35", cluster, "AutoMinorVersionUpgrade", **MULTI_AZ),
    Case(
        "RDS.36",
        instance(EnableCloudwatchLogsExports=["upgrade"]),
        instance("fine", EnableCloudwatchLogsExports=["postgresql"]),
        NO_INSTANCE,
    ),
    Case(
        "RDS.37", cluster(Engine="aurora-postgresql"), cluster("fine"), NO_CLUSTER, overlay=overlay
    ),
    Case(
        "RDS.40",
        instance(Engine="sqlserver-se", LicenseModel="license-included"),
        instance("fine"),
        NO_INSTANCE,
    ),
    Case(
        "RDS.42", instance(Engine="mariadb", EngineVersion="10.11.8"), instance("fine"), NO_INSTANCE
    ),
)
