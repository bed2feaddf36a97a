"""What a finding calls a resource, as remediations know it: an ARN, and ASFF's name of the type.

ASFF names a resource by its ARN. OCSF has two names for it: `uid_alt` holds the ARN and `uid` what
the service itself says (a bucket's name, an instance's id, a queue's URL, the id inside of IAM); of
some resources only one of them is there, and either may hold the ARN. Types come in
CloudFormation's words. Sources: findings recorded by elastic/integrations (packages/
aws_securityhub, test-findings.log) and by AWS's Automated Security Response 4.1
(findingEventNormalizer.ts, securityHubCoverageFixtures.ts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestrator.findings.remediation import Place

ACCOUNT_TYPE = "AwsAccount"
ACCOUNT_ID = "AWS::::Account:"

SERVICES = {
    "ACM": "CertificateManager",
    "ElasticLoadBalancing": "Elb",
    "ElasticLoadBalancingV2": "Elbv2",
    "OpenSearch": "OpenSearchService",
}
"""What ASFF calls a service, where CloudFormation and AWS Config have another word.

Source: the members of ResourceDetails in the API model of Security Hub, beside ResourceType in that
of AWS Config.
"""

EC2 = {
    "eni": "network-interface",
    "i": "instance",
    "lt": "launch-template",
    "sg": "security-group",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "vol": "volume",
    "vpc": "vpc",
}
"""By the beginning of an id. Source: Service Authorization Reference, Amazon EC2, resources."""
EC2_ID = re.compile(r"([a-z]+)-[0-9a-f]{8,17}")
QUEUE_URL = re.compile(r"https://sqs\.([a-z0-9-]+)\.[a-z.]+/([0-9]{12})/([A-Za-z0-9_.-]{1,80})")
BUCKET = re.compile(r"[a-z0-9.-]{3,63}")
FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")

INSIDE = re.compile(r"(AIDA[A-Z0-9]{12,}|db-[A-Z0-9]{16,}|cluster-[A-Z0-9]{16,})")
"""Ids that IAM and RDS use inside: GetUser and DescribeDBInstances want the name instead.

Source: IAM User Guide, "IAM identifiers", unique ids; RDS API, DBInstance, DbiResourceId.
"""
NAMES = (
    ("AwsIamUser", "UserName"),
    ("AwsRdsDbInstance", "DBInstanceIdentifier"),
    ("AwsRdsDbCluster", "DbClusterIdentifier"),
)
"""Where ASFF has the name of a resource whose ARN may hold such an id. Source: ASFF, Details."""


def asff_type(kind: str) -> str:
    """'AwsSqsQueue' of 'AWS::SQS::Queue'; what is not in CloudFormation's words stays as it is.

    Letters may differ in case from ASFF's: AwsRdsDBInstance for AwsRdsDbInstance.
    """
    if kind == "AWS::StepFunctions::StateMachine":
        return "AwsStepFunctionStateMachine"
    parts = kind.split("::")
    if len(parts) < 3 or parts[0] != "AWS":
        return kind
    service = SERVICES.get(parts[1], parts[1])
    return f"Aws{service}{''.join(parts[2:])}"


def known_as(kind: str, names: tuple[str, ...], place: Place, called: str = "") -> str:
    """The first of `names` that is an ARN, or the ARN that the first of them makes.

    The first name itself, where no ARN can be made of it with certainty. `called` is the name by
    which a resource is asked for, if the finding tells it apart. `kind` is in ASFF's words.
    """
    first = next(filter(None, names), "")
    if kind.lower() == ACCOUNT_TYPE.lower() and re.fullmatch(r"[0-9]{12}", first, re.ASCII):
        return ACCOUNT_ID + first
    found = next((name for name in names if name.startswith("arn:")), "")
    return _outside(found, called) if found else _made(kind, first, place)


def _outside(arn: str, called: str) -> str:
    """`arn` with the name in place of an id that is of use inside of the service alone."""
    match = INSIDE.search(arn)
    if not match or match.group() != arn[match.start() :] or not called:
        return arn
    return arn[: match.start()] + called


def _made(kind: str, name: str, place: Place) -> str:
    where = f"{place.region}:{place.account}"
    arn = f"arn:{place.partition}"
    ec2 = EC2_ID.fullmatch(name)
    kind = kind.lower()
    if kind.startswith("awsec2") and ec2 and ec2[1] in EC2:
        return f"{arn}:ec2:{where}:{EC2[ec2[1]]}/{name}"
    queue = QUEUE_URL.fullmatch(name)
    if kind == "awssqsqueue" and queue:
        return f"{arn}:sqs:{queue[1]}:{queue[2]}:{queue[3]}"
    if kind == "awss3bucket" and BUCKET.fullmatch(name):
        return f"{arn}:s3:::{name}"
    if kind == "awslambdafunction" and FUNCTION.fullmatch(name):
        return f"{arn}:lambda:{where}:function:{name}"
    return name


def name_in(details: Mapping[str, Any]) -> str:
    """What ASFF's details of a resource call it; '' where they do not say."""
    for kind, key in NAMES:
        found = details.get(kind)
        if isinstance(found, Mapping) and isinstance(found.get(key), str):
            return str(found[key])
    return ""
