"""Which log answers for a control, and by which question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Log(StrEnum):
    """A log, as Security Lake names its source; those below DATA_EVENTS are none of its sources.

    Source: Security Lake User Guide, "Collecting data from AWS services".
    """

    VPC_FLOW = "VPC_FLOW"
    CLOUD_TRAIL = "CLOUD_TRAIL_MGMT"
    S3_DATA = "S3_DATA"
    LAMBDA = "LAMBDA_EXECUTION"
    DATA_EVENTS = "CLOUD_TRAIL_DATA"
    S3_ACCESS = "S3_ACCESS"
    ELB_ACCESS = "ELB_ACCESS"
    CLOUDFRONT_ACCESS = "CLOUDFRONT_ACCESS"


TITLES: Mapping[Log, str] = {
    Log.VPC_FLOW: "VPC flow logs",
    Log.CLOUD_TRAIL: "CloudTrail's management events",
    Log.S3_DATA: "CloudTrail's data events of S3",
    Log.LAMBDA: "CloudTrail's data events of Lambda",
    Log.DATA_EVENTS: "CloudTrail's data events of SQS and SNS",
    Log.S3_ACCESS: "S3 server access logs",
    Log.ELB_ACCESS: "load balancers' access logs",
    Log.CLOUDFRONT_ACCESS: "CloudFront's standard logs",
}

LAKE = "set organization.logs.lake.enabled and organization.logs.lake.sources.{log} to true"
COLLECTING: Mapping[Log, str] = {
    **dict.fromkeys((Log.VPC_FLOW, Log.CLOUD_TRAIL, Log.S3_DATA, Log.LAMBDA), LAKE),
    Log.DATA_EVENTS: "Security Lake has none of them: log them in a trail, ingest its files",
    Log.S3_ACCESS: "turn on server access logging of the bucket, put its lines into ext/{log}/",
    Log.ELB_ACCESS: "turn on access logs of the load balancer, put their lines into ext/{log}/",
    Log.CLOUDFRONT_ACCESS: "turn on standard logging, put its lines into ext/{log}/",
}


def collecting(log: Log) -> str:
    """How the log comes to be collected."""
    return COLLECTING[log].format(log=log.value)


OF_ONE_RESOURCE = frozenset({Log.S3_ACCESS, Log.ELB_ACCESS, Log.CLOUDFRONT_ACCESS})
"""Logs that each resource keeps or does not: lines of others say nothing about this one's."""


class Asks(StrEnum):
    """What is asked of a log."""

    INBOUND = "who came in"
    OUTSIDERS = "who came from outside of the organization"
    LAST_USE = "what it was last used for"
    CLEARTEXT = "who came without TLS"
    PROTOCOLS = "who came with an old protocol"


class Kind(StrEnum):
    """What the resource is, which says how its network interfaces and names are found."""

    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    DATABASE = "database"
    WAREHOUSE = "warehouse"
    REPLICATION = "replication instance"
    SERVERLESS = "serverless workgroup"
    BROKERS = "brokers"
    NAMED = "named"
    """Logs name it by its ARN."""
    USER = "user"
    ROOT = "root"
    LOAD_BALANCER = "load balancer"
    DISTRIBUTION = "distribution"


Ports = tuple[int, int]
"""The first and the last."""


@dataclass(frozen=True, slots=True)
class Question:
    """`logs`: the best first; a log that is not collected gives way to the next.

    `ports` are those the control is about; () for what the resource itself has open.
    """

    asks: Asks
    kind: Kind
    logs: tuple[Log, ...]
    ports: tuple[Ports, ...] = ()


def _inbound(kind: Kind, *ports: int) -> Question:
    return Question(Asks.INBOUND, kind, (Log.VPC_FLOW,), tuple((port, port) for port in ports))


def _outsiders(*logs: Log) -> Question:
    return Question(Asks.OUTSIDERS, Kind.NAMED, logs)


HIGH_RISK = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432),
    *(5500, 5601, 8080, 8088, 8888, 9200, 9300),
)
"""Source: AWS Security Hub User Guide, EC2.19."""

QUESTIONS: Mapping[str, Question] = {
    "ec2.2": _inbound(Kind.SECURITY_GROUP),
    "ec2.13": _inbound(Kind.SECURITY_GROUP, 22),
    "ec2.14": _inbound(Kind.SECURITY_GROUP, 3389),
    "ec2.18": _inbound(Kind.SECURITY_GROUP),
    "ec2.19": _inbound(Kind.SECURITY_GROUP, *HIGH_RISK),
    "ec2.21": _inbound(Kind.NETWORK_ACL, 22, 3389),
    "ec2.53": _inbound(Kind.SECURITY_GROUP, 22, 3389),
    "ec2.54": _inbound(Kind.SECURITY_GROUP, 22, 3389),
    "rds.2": _inbound(Kind.DATABASE),
    "redshift.1": _inbound(Kind.WAREHOUSE),
    "dms.1": _inbound(Kind.REPLICATION),
    "redshiftserverless.3": _inbound(Kind.SERVERLESS),
    # Source: Amazon MSK Developer Guide, "Port information", public access.
    "msk.4": _inbound(Kind.BROKERS, 9194, 9196, 9198),
    "cloudtrail.6": _outsiders(Log.S3_DATA, Log.S3_ACCESS),
    "s3.2": _outsiders(Log.S3_DATA, Log.S3_ACCESS),
    "s3.3": _outsiders(Log.S3_DATA, Log.S3_ACCESS),
    "s3.6": _outsiders(Log.S3_DATA, Log.S3_ACCESS),
    "s3.8": _outsiders(Log.S3_DATA, Log.S3_ACCESS),
    "s3.19": _outsiders(Log.S3_DATA),
    "sqs.3": _outsiders(Log.DATA_EVENTS),
    "sns.4": _outsiders(Log.DATA_EVENTS),
    "kms.5": _outsiders(Log.CLOUD_TRAIL),
    "lambda.1": _outsiders(Log.LAMBDA),
    "secretsmanager.3": Question(Asks.LAST_USE, Kind.NAMED, (Log.CLOUD_TRAIL,)),
    "iam.3": Question(Asks.LAST_USE, Kind.USER, (Log.CLOUD_TRAIL,)),
    "iam.5": Question(Asks.LAST_USE, Kind.USER, (Log.CLOUD_TRAIL,)),
    "iam.8": Question(Asks.LAST_USE, Kind.USER, (Log.CLOUD_TRAIL,)),
    "iam.22": Question(Asks.LAST_USE, Kind.USER, (Log.CLOUD_TRAIL,)),
    "iam.4": Question(Asks.LAST_USE, Kind.ROOT, (Log.CLOUD_TRAIL,)),
    "s3.5": Question(Asks.CLEARTEXT, Kind.NAMED, (Log.S3_ACCESS, Log.S3_DATA)),
    "elb.1": Question(Asks.CLEARTEXT, Kind.LOAD_BALANCER, (Log.ELB_ACCESS,)),
    "elb.17": Question(Asks.PROTOCOLS, Kind.LOAD_BALANCER, (Log.ELB_ACCESS,)),
    "cloudfront.3": Question(Asks.CLEARTEXT, Kind.DISTRIBUTION, (Log.CLOUDFRONT_ACCESS,)),
    "cloudfront.15": Question(Asks.PROTOCOLS, Kind.DISTRIBUTION, (Log.CLOUDFRONT_ACCESS,)),
}
"""By control in small letters. ECR.4 is about tags and Opensearch.2 about domains that no VPC
holds, which write no log that is collected: they are not here, and are told as such."""


def question_of(control: str) -> Question | None:
    """None where no log that we know of answers."""
    return QUESTIONS.get(control.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One resource as logs call it. `since` and `until` are milliseconds since 1970."""

    control: str
    account: str
    region: str
    arn: str
    since: int
    until: int
    interfaces: tuple[str, ...] = ()
    ports: tuple[Ports, ...] = ()
    """() is all of them."""
    name: str = ""
    """What an access log calls it."""
    organization: frozenset[str] = frozenset()
    """The accounts of the organization: all others are outside."""
    last_used: int | None = None
    """When AWS itself last saw a user's keys or password used, in milliseconds; 0 for never, None
    where that was not asked."""
    shared: str = ""
    """Why its lines may be another resource's, too; '' if they cannot."""


def ranges(ports: Iterable[Ports], wanted: Iterable[Ports]) -> tuple[Ports, ...]:
    """What two lists of ports have in common; all of `ports` where nothing is wanted."""
    wanted, ports = tuple(wanted), tuple(ports)
    if not wanted:
        return ports
    both = {(max(a, c), min(b, d)) for a, b in ports for c, d in wanted if max(a, c) <= min(b, d)}
    return tuple(sorted(both))
