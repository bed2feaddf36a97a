"""Server access logs."""

from __future__ import annotations

from orchestrator.findings.causes import Cause, missing
from orchestrator.findings.kind import keeping, looking
from orchestrator.findings.parameters import required, text
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.services.s3 import buckets


def read(target: Target, aws: Aws) -> Json | None:
    answer = buckets.ask(target, aws, "get_bucket_logging")
    return None if answer is None else {"logging": answer.get("LoggingEnabled")}


def unlogged(found: Json, _: Target) -> str:
    return "" if found["logging"] else "requests are not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    bucket, name = required(target, "bucket"), buckets.name(target)
    if bucket == name:
        raise Refused("a bucket that logs into itself grows without end")
    prefix = text(target, "prefix").replace("{bucket}", name)
    enabled = {"TargetBucket": bucket, "TargetPrefix": prefix}
    aws("s3").put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})


def put_back(target: Target, aws: Aws, before: Json) -> None:
    status = {"LoggingEnabled": before["logging"]} if before["logging"] else {}
    aws("s3").put_bucket_logging(Bucket=buckets.name(target), BucketLoggingStatus=status)


LOGGING = buckets.kind(read, "GetBucketLogging")

UNLOGGED_CAUSES = (
    Cause("s3", ("CreateBucket",)),
    Cause("s3", ("PutBucketLogging",), missing("TargetBucket")),
)

REMEDIATIONS = (
    Remediation(
        name="log-access-to-bucket",
        controls=("S3.9",),
        causes=UNLOGGED_CAUSES,
        resource_type=LOGGING.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs requests into the bucket the decision names.",
        breaks="Nothing. The log bucket must be of the same account and region, and let S3 in.",
        reads=LOGGING.reads,
        writes=buckets.writes("PutBucketLogging"),
        find=LOGGING.find,
        check=looking(LOGGING, unlogged),
        before=keeping(LOGGING, "logging"),
        fix=log,
        undo=put_back,
        tags=LOGGING.tags,
        cost="Storage of the logs.",
        parameters={
            "bucket": Parameter("", "Log bucket, '{account}' and '{region}' filled in; required."),
            "prefix": Parameter("{bucket}/", "What the logs' keys begin with."),
        },
    ),
)
