"""Manual snapshots of instances and of clusters.

A finding is about either; the ARN tells which calls it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, mentions, missing
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Naming,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, existing
from orchestrator.findings.services.rds.kinds import HERE, OTHERS
from orchestrator.findings.tags import mapping

RDS = ("rds.*.amazonaws.com", "rds.*.amazonaws.com.cn")
SNAPSHOTS = (f"{HERE}:snapshot:*", f"{HERE}:cluster-snapshot:*")


@dataclass(frozen=True, slots=True)
class Sort:
    """The names of the calls for one of the two."""

    infix: str
    noun: str
    missing: str

    def call(self, aws: Aws, pattern: str) -> Any:
        return getattr(aws("rds"), pattern.format(self.infix))


INSTANCES = Sort("db_snapshot", "DBSnapshot", "DBSnapshotNotFound")
CLUSTERS = Sort("db_cluster_snapshot", "DBClusterSnapshot", "DBClusterSnapshotNotFoundFault")


def sort_of(target: Target) -> Sort:
    return CLUSTERS if arn.resource(target.arn).startswith("cluster-snapshot:") else INSTANCES


def find(_: Place, aws: Aws) -> Iterator[str]:
    for sort in (INSTANCES, CLUSTERS):
        paginator = aws("rds").get_paginator(f"describe_{sort.infix}s")
        for page in paginator.paginate(SnapshotType="manual"):
            for row in page[f"{sort.noun}s"]:
                if row["Engine"] not in OTHERS:
                    yield row[f"{sort.noun}Arn"]


def read(target: Target, aws: Aws) -> Json | None:
    sort = sort_of(target)
    named = {f"{sort.noun}Identifier": name(target)}
    answer = unless((sort.missing,), sort.call(aws, "describe_{}s"), **named)
    return answer[f"{sort.noun}s"][0] if answer and answer[f"{sort.noun}s"] else None


def name(target: Target) -> str:
    """Names of automatic snapshots have a ':' of their own."""
    return arn.resource(target.arn).partition(":")[2]


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("TagList"))


SNAPSHOT = ResourceType(
    "AwsRdsDbSnapshot",
    find,
    read,
    tags,
    (
        Permission(
            ("rds:DescribeDBClusterSnapshots", "rds:DescribeDBSnapshots"),
            why="They list all of them.",
        ),
    ),
    "SnapshotCreateTime",
)


def snapshot_of(id_: str, place: Place, _: Aws) -> str:
    kind, _separator, name = id_.removeprefix("db").partition(":")
    return arn.of(
        place, "rds", f"{'cluster-' if kind.startswith('cluster') else ''}snapshot:{name}"
    )


NAMING = Naming(r"arn:[^:]+:rds:[^:]*:\d*:(db(?:cluster)?snapshot:.+)", snapshot_of)
"""AWS Config's name of the type instead of RDS's.

Source: AWS's own example of such a finding, aws-solutions/automated-security-response-on-aws,
simtest/simdata/afsbp-rds.1-nodetails.json.
"""


def shared_with(target: Target, aws: Aws) -> list[str]:
    """The accounts that may restore it, 'all' among them."""
    sort = sort_of(target)
    answer = sort.call(aws, "describe_{}_attributes")(**{f"{sort.noun}Identifier": name(target)})
    attributes = answer[f"{sort.noun}AttributesResult"][f"{sort.noun}Attributes"]
    found = (a.get("AttributeValues", []) for a in attributes if a["AttributeName"] == "restore")
    return sorted({value for values in found for value in values})


def check_private(target: Target, aws: Aws) -> Check:
    found = read(target, aws)
    if found is None:
        return Check(Status.GONE)
    created = found.get("SnapshotCreateTime")
    if "all" in shared_with(target, aws):
        return Check(Status.FAILS, "the public may restore it", created)
    return Check(Status.PASSES, created=created)


def sharing(target: Target, aws: Aws) -> Json:
    existing(SNAPSHOT, target, aws)
    return {"restore": shared_with(target, aws)}


def change_sharing(target: Target, aws: Aws, **values: list[str]) -> None:
    sort = sort_of(target)
    named = {f"{sort.noun}Identifier": name(target), "AttributeName": "restore"}
    sort.call(aws, "modify_{}_attribute")(**named, **values)


def make_private(target: Target, aws: Aws, _: Json) -> None:
    change_sharing(target, aws, ValuesToRemove=["all"])


def make_public(target: Target, aws: Aws, _: Json) -> None:
    if "all" not in shared_with(target, aws):
        change_sharing(target, aws, ValuesToAdd=["all"])


def encrypted(snapshot: Json) -> bool:
    return bool(snapshot.get("Encrypted") or snapshot.get("StorageEncrypted"))


def copy_of(target: Target) -> str:
    """Without the 'rds:' of an automated snapshot: a chosen name cannot have a colon."""
    return f"{name(target).rpartition(':')[2]}-encrypted"


def copied(target: Target, aws: Aws) -> bool:
    twin = arn.resource(target.arn).partition(":")[0]
    other = target.arn.rpartition(f":{twin}:")[0] + f":{twin}:{copy_of(target)}"
    return read(Target(target.control, target.place, other), aws) is not None


def check_encrypted(target: Target, aws: Aws) -> Check:
    found = read(target, aws)
    if found is None:
        return Check(Status.GONE)
    created = found.get("SnapshotCreateTime")
    if encrypted(found):
        return Check(Status.PASSES, created=created)
    done = f"; '{copy_of(target)}' is its encrypted copy" if copied(target, aws) else ""
    return Check(Status.FAILS, f"it is not encrypted{done}", created)


def copies(target: Target, aws: Aws) -> Json:
    existing(SNAPSHOT, target, aws)
    return {"copied": copied(target, aws)}


def copy_encrypted(target: Target, aws: Aws, _: Json) -> None:
    """The original stays: other systems may restore from it."""
    if copied(target, aws):
        return
    sort = sort_of(target)
    sort.call(aws, "copy_{}")(
        **{f"Source{sort.noun}Identifier": name(target)},
        **{f"Target{sort.noun}Identifier": copy_of(target)},
        KmsKeyId=required(target, "key"),
        CopyTags=True,
    )


def delete_copy(target: Target, aws: Aws, before: Json) -> None:
    if not before["copied"] and copied(target, aws):
        sort = sort_of(target)
        sort.call(aws, "delete_{}")(**{f"{sort.noun}Identifier": copy_of(target)})


REMEDIATIONS = (
    Remediation(
        name="make-database-snapshot-private",
        controls=("RDS.1",),
        causes=(
            Cause(
                "rds",
                ("ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"),
                mentions("all", under="valuesToAdd"),
            ),
        ),
        resource_type=SNAPSHOT.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes the public from those who may restore the snapshot.",
        breaks="Accounts that restore it and are not named in its permissions.",
        danger=(
            "Anybody with an AWS account can restore the snapshot, and read all data in it, again."
        ),
        reads=(
            *SNAPSHOT.reads,
            Permission(
                ("rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes"),
                SNAPSHOTS,
            ),
        ),
        writes=(
            Permission(
                ("rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute"),
                SNAPSHOTS,
            ),
        ),
        find=find,
        check=check_private,
        before=sharing,
        fix=make_private,
        undo=make_public,
        tags=tags,
        also=("AwsRdsDbClusterSnapshot",),
        naming=NAMING,
    ),
    Remediation(
        name="encrypt-database-snapshot",
        controls=("RDS.4",),
        causes=(
            Cause("rds", ("CreateDBSnapshot", "CreateDBClusterSnapshot"), sure=False),
            Cause(
                "rds",
                ("CopyDBSnapshot", "CopyDBClusterSnapshot"),
                missing("kmsKeyId"),
                sure=False,
            ),
        ),
        resource_type=SNAPSHOT.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Makes an encrypted copy, named like the snapshot with '-encrypted' after it.",
        breaks="Nothing: the original stays, and the control fails until it is deleted.",
        reads=SNAPSHOT.reads,
        writes=(
            Permission(
                (
                    *("rds:CopyDBSnapshot", "rds:CopyDBClusterSnapshot"),
                    *("rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot"),
                    "rds:AddTagsToResource",
                ),
                SNAPSHOTS,
            ),
            Permission(
                ("kms:CreateGrant", "kms:DescribeKey"),
                ("arn:{partition}:kms:{region}:{account}:key/*",),
                {"StringLike": {"kms:ViaService": list(RDS)}},
            ),
        ),
        find=find,
        check=check_encrypted,
        before=copies,
        fix=copy_encrypted,
        undo=delete_copy,
        tags=tags,
        also=("AwsRdsDbClusterSnapshot",),
        naming=NAMING,
        cost="Storage of the copy.",
        by_hand="The original must be deleted by its owner, who knows what is restored from it.",
        parameters={"key": Parameter("", "ARN or alias of the KMS key of the copy; required.")},
    ),
)
