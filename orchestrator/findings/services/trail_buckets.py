"""Buckets of this account that trails write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import resource
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
    text,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking
from orchestrator.findings.services.s3.monitoring import UNLOGGED_CAUSES
from orchestrator.findings.services.s3.public import READ_CAUSES, WRITE_CAUSES
from orchestrator.findings.tags import mapping

BUCKETS = ("arn:{partition}:s3:::*",)
GROUPS = "http://acs.amazonaws.com/groups/global/"
CLOSED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def find(place: Place, aws: Aws) -> Iterator[str]:
    listed = aws("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    for bucket in sorted({trail["S3BucketName"] for trail in listed}):
        if owned(place, aws, bucket):
            yield f"arn:{place.partition}:s3:::{bucket}"


def owned(place: Place, aws: Aws, bucket: str) -> bool:
    """Whether the bucket is the account's: most trails write to the log archive's."""
    call = aws("s3").head_bucket
    arguments = {"Bucket": bucket, "ExpectedBucketOwner": place.account}
    return unless(("403", "404", "NoSuchBucket"), call, **arguments) is not None


def read(target: Target, aws: Aws) -> Json | None:
    """The public access block of the bucket, and who may read it without one."""
    s3, bucket = aws("s3"), resource(target.arn)
    acl = unless(("NoSuchBucket",), s3.get_bucket_acl, Bucket=bucket)
    if acl is None:
        return None
    block = unless(
        ("NoSuchPublicAccessBlockConfiguration",), s3.get_public_access_block, Bucket=bucket
    )
    status = unless(("NoSuchBucketPolicy",), s3.get_bucket_policy_status, Bucket=bucket)
    return {
        "PublicAccessBlock": (block or {}).get("PublicAccessBlockConfiguration"),
        "PublicAcl": any(g["Grantee"].get("URI", "").startswith(GROUPS) for g in acl["Grants"]),
        "PublicPolicy": bool(status and status["PolicyStatus"]["IsPublic"]),
    }


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    call = aws("s3").get_bucket_tagging
    answer = unless(("NoSuchTagSet",), call, Bucket=resource(target.arn))
    return mapping((answer or {}).get("TagSet"))


FINDING = (
    Permission(("cloudtrail:DescribeTrails",), why="CloudTrail describes trails all together"),
    Permission(("s3:ListBucket", "s3:GetBucketTagging"), BUCKETS),
)
OPEN = ResourceType(
    resource_type="AwsS3Bucket",
    find=find,
    read=read,
    tags=tags,
    reads=(
        *FINDING,
        Permission(
            ("s3:GetBucketAcl", "s3:GetBucketPublicAccessBlock", "s3:GetBucketPolicyStatus"),
            BUCKETS,
        ),
    ),
)


def public(bucket: Json, _: Target) -> str:
    block = bucket["PublicAccessBlock"] or {}
    if bucket["PublicAcl"] and not block.get("IgnorePublicAcls"):
        return "its access control list allows the public"
    if bucket["PublicPolicy"] and not block.get("RestrictPublicBuckets"):
        return "its policy allows the public"
    return ""


def close(target: Target, aws: Aws, _: Json) -> None:
    aws("s3").put_public_access_block(
        Bucket=resource(target.arn), PublicAccessBlockConfiguration=CLOSED
    )


def reopen(target: Target, aws: Aws, before: Json) -> None:
    bucket, was = resource(target.arn), before["PublicAccessBlock"]
    if was is None:
        aws("s3").delete_public_access_block(Bucket=bucket)
        return
    aws("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=was)


def read_logging(target: Target, aws: Aws) -> Json | None:
    call = aws("s3").get_bucket_logging
    answer = unless(("NoSuchBucket",), call, Bucket=resource(target.arn))
    return None if answer is None else {"LoggingEnabled": answer.get("LoggingEnabled")}


LOGGED = ResourceType(
    resource_type="AwsS3Bucket",
    find=find,
    read=read_logging,
    tags=tags,
    reads=(*FINDING, Permission(("s3:GetBucketLogging",), BUCKETS)),
)


def unlogged(bucket: Json, _: Target) -> str:
    return "" if bucket["LoggingEnabled"] else "access to the log files is not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    bucket, to = resource(target.arn), required(target, "LogBucket")
    if bucket == to:
        raise Refused("a bucket that logs its own access never comes to rest")
    set_logging(
        target, aws, {"LoggingEnabled": {"TargetBucket": to, "TargetPrefix": prefix(target)}}
    )


def prefix(target: Target) -> str:
    return text(target, "LogPrefix").replace("{bucket}", resource(target.arn))


def set_logging(target: Target, aws: Aws, status: Json) -> None:
    aws("s3").put_bucket_logging(Bucket=resource(target.arn), BucketLoggingStatus=dict(status))


REMEDIATIONS = (
    Remediation(
        name="close-trail-bucket",
        controls=("CloudTrail.6",),
        causes=(*READ_CAUSES, *WRITE_CAUSES),
        resource_type=OPEN.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Blocks all public access to the bucket with the log files.",
        breaks="Whoever reads the log files without being named in the bucket's policy.",
        danger="The public can reach the bucket with the trail's log files again.",
        reads=OPEN.reads,
        writes=(Permission(("s3:PutBucketPublicAccessBlock",), BUCKETS),),
        find=OPEN.find,
        check=looking(OPEN, public),
        before=keeping(OPEN, "PublicAccessBlock"),
        fix=close,
        undo=reopen,
        tags=OPEN.tags,
    ),
    Remediation(
        name="log-access-to-trail-bucket",
        controls=("CloudTrail.7",),
        causes=UNLOGGED_CAUSES,
        resource_type=LOGGED.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs access to the bucket with the log files in the bucket you name.",
        breaks="Nothing.",
        reads=LOGGED.reads,
        writes=(Permission(("s3:PutBucketLogging",), BUCKETS),),
        find=LOGGED.find,
        check=looking(LOGGED, unlogged),
        before=keeping(LOGGED, "LoggingEnabled"),
        fix=log,
        undo=lambda target, aws, _: set_logging(target, aws, {}),
        tags=LOGGED.tags,
        cost="S3's price for the access log that is kept.",
        parameters={
            "LogBucket": Parameter(
                "", "A bucket of the same account and region that lets S3 write its logs there."
            ),
            "LogPrefix": Parameter("{bucket}/", "What the names of the access logs begin with."),
        },
    ),
)
