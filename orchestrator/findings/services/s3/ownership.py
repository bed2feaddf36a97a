"""Access control lists, turned off."""

from __future__ import annotations

from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.kind import existing, keeping, looking
from orchestrator.findings.remediation import Aws, Json, Remediation, Risk, Target
from orchestrator.findings.services.s3 import buckets

ENFORCED = "BucketOwnerEnforced"


def read(target: Target, aws: Aws) -> Json | None:
    unset = "OwnershipControlsNotFoundError"
    answer = buckets.ask(target, aws, "get_bucket_ownership_controls", unset)
    if answer is None:
        return None
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    rule = rules[0] if rules else {}
    return {"ownership": rule.get("ObjectOwnership"), "rule": rule}


def listed(found: Json, _: Target) -> str:
    return "" if found["ownership"] == ENFORCED else "access control lists count"


def enforce(target: Target, aws: Aws, _: Json) -> None:
    put(target, aws, ENFORCED)


def put(target: Target, aws: Aws, ownership: str) -> None:
    rule = {**existing(OWNERSHIP, target, aws)["rule"], "ObjectOwnership": ownership}
    aws("s3").put_bucket_ownership_controls(
        Bucket=buckets.name(target), OwnershipControls={"Rules": [rule]}
    )


def put_back(target: Target, aws: Aws, before: Json) -> None:
    if before["ownership"]:
        put(target, aws, before["ownership"])
    else:
        aws("s3").delete_bucket_ownership_controls(Bucket=buckets.name(target))


OWNERSHIP = buckets.kind(read, "GetBucketOwnershipControls")

REMEDIATIONS = (
    Remediation(
        name="turn-off-access-control-lists",
        controls=("S3.12",),
        causes=(
            Cause("s3", ("PutBucketAcl", "DeleteBucketOwnershipControls")),
            Cause(
                "s3",
                ("PutBucketOwnershipControls",),
                omits("ObjectOwnership", "BucketOwnerEnforced"),
            ),
            Cause(
                "s3",
                ("CreateBucket",),
                says("x-amz-object-ownership", "ObjectWriter", "BucketOwnerPreferred"),
            ),
        ),
        resource_type=OWNERSHIP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="The bucket's owner owns all objects, and access control lists no longer count.",
        breaks="Who was let in by a list alone, and uploads that set one. S3 refuses it while the "
        "bucket's own list names others; CloudFront's and older services' log deliveries need "
        "lists.",
        reads=OWNERSHIP.reads,
        writes=buckets.writes("PutBucketOwnershipControls"),
        find=OWNERSHIP.find,
        check=looking(OWNERSHIP, listed),
        before=keeping(OWNERSHIP, "ownership"),
        fix=enforce,
        undo=put_back,
        tags=OWNERSHIP.tags,
    ),
)
