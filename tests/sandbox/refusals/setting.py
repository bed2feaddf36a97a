"""What the probes need to be there: roles, a bucket, a key, a queue, a topic, a function."""

from __future__ import annotations

import io
import zipfile

from tests.sandbox.refusals.probe import Bench, allow, document, trust

SERVICES = ("lambda", "config", "events", "states", "logs", "cloudtrail")


def furnish(bench: Bench) -> None:
    """Make them once, all by calls that AWS takes too."""
    iam = bench.client("iam")
    for service in SERVICES:
        name = f"probe-{service}"
        principal = {"Service": f"{service}.amazonaws.com"}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal))
        bench.made[service] = arn["Role"]["Arn"]
        policy = document(allow(["sqs:*", "s3:*", "logs:*", "kinesis:*", "firehose:*"]))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
    bench.made["stranger"] = iam.create_role(
        RoleName="probe-stranger", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"})
    )["Role"]["Arn"]
    iam.create_service_linked_role(AWSServiceName="guardduty.amazonaws.com")
    bench.made["key"] = bench.client("kms").create_key()["KeyMetadata"]
    _buckets(bench)
    _queues(bench)
    _functions(bench)
    logs = bench.client("logs")
    logs.create_log_group(logGroupName="/probe/group")
    bench.client("securityhub").enable_security_hub()


def _buckets(bench: Bench) -> None:
    s3 = bench.client("s3")
    place = {"LocationConstraint": bench.region}
    for name in ("probe-plain", "probe-trail", "probe-config", "probe-closed", "probe-open"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    s3.put_bucket_ownership_controls(
        Bucket="probe-open", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    for service in ("cloudtrail", "config"):
        name = {"cloudtrail": "probe-trail"}.get(service, "probe-config")
        principal = {"Service": f"{service}.amazonaws.com"}
        root, inside = f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"
        policy = document(
            allow(["s3:GetBucketAcl", "s3:ListBucket"], root, Principal=principal),
            allow("s3:PutObject", inside, Principal=principal),
        )
        s3.put_bucket_policy(Bucket=name, Policy=policy)


def _queues(bench: Bench) -> None:
    sqs = bench.client("sqs")
    for name, seconds in (("probe-queue", "30"), ("probe-slow", "900")):
        url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": seconds})
        bench.made[name] = url["QueueUrl"]
    sqs.create_queue(QueueName="probe.fifo", Attributes={"FifoQueue": "true"})
    bench.made["topic"] = bench.client("sns").create_topic(Name="probe-topic")["TopicArn"]
    events = bench.client("events")
    events.put_rule(Name="probe-rule", EventPattern='{"source": ["mine"]}')


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    return held.getvalue()


def _functions(bench: Bench) -> None:
    bench.client("lambda").create_function(
        FunctionName="probe-function",
        Runtime="python3.12",
        Handler="index.handler",
        Role=bench.made["lambda"],
        Code={"ZipFile": zipped()},
        Timeout=60,
    )
