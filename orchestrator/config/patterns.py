"""The patterns of the model in words: what a text is not, and what to write instead."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import StringConstraints

from orchestrator.model.facts import (
    BucketName,
    Email,
    KeyArn,
    LogArchive,
    OrganizationId,
    OuId,
    PublicKey,
    RoleName,
    RootEmail,
    RootId,
    SignerName,
    TwelveDigits,
)
from orchestrator.model.facts.logs import Network, NodeType, SubnetId, WorkgroupName
from orchestrator.model.facts.names import TrackerProject
from orchestrator.model.facts.operations import (
    Branch,
    Environment,
    Image,
    Issuer,
    Project,
    Repository,
    Schedule,
    SecurityGroup,
    Target,
    TimeZone,
    Topic,
)
from orchestrator.model.organization import Address, ImportId
from orchestrator.model.settings import (
    ClusterName,
    ControlName,
    Days,
    LogGroup,
    Name,
    Region,
    ResourceType,
    VpcId,
)
from orchestrator.model.waves import Percent, Share


def pattern(annotated: Any) -> str:
    """The pattern of an annotated text of the model."""
    constraints = [item for item in get_args(annotated) if isinstance(item, StringConstraints)]
    return str(constraints[0].pattern)


PREFIX = LogArchive.model_fields["bucket_prefix"].metadata[0]

PATTERNS: dict[str, tuple[str, str]] = {
    pattern(Address): (
        "an address of Terraform's",
        "copy it from a plan: 'module.account_baseline.aws_iam_account_password_policy.this'",
    ),
    pattern(ImportId): ("an import id", "leave out control characters"),
    pattern(BucketName): (
        "a bucket name",
        "use 3 to 63 lower-case letters, digits and hyphens, no hyphen at the ends",
    ),
    pattern(ClusterName): (
        "a cluster's name",
        "copy it from EKS: letters, digits, '-' and '_', up to 100",
    ),
    pattern(LogGroup): (
        "the whole name of a log group",
        "copy it from CloudWatch Logs; there are no wildcards",
    ),
    pattern(Network): ("a network", "write it in CIDR notation: '10.20.0.0/16'"),
    pattern(NodeType): ("a type of a node", "write it as OpenSearch does: 'r7g.large.search'"),
    pattern(SubnetId): ("a subnet's id", "copy it from VPC: 'subnet-' and 8 or 17 digits and a-f"),
    pattern(VpcId): ("a VPC's id", "copy it from VPC: 'vpc-' and 8 or 17 digits and a-f"),
    pattern(ControlName): ("a control", "write it as Security Hub does: 'S3.1'"),
    pattern(Email): ("an e-mail address", "write it as name@example.com"),
    pattern(RootEmail): ("an e-mail address", "write it as name@example.com"),
    pattern(Name): (
        "a name",
        "use lower-case letters, digits and hyphens, beginning with a letter or digit",
    ),
    pattern(OrganizationId): (
        "an organization's id",
        "copy it from AWS Organizations: 'o-' and 10 to 32 lower-case letters or digits",
    ),
    pattern(OuId): (
        "an OU's id",
        "copy it from AWS Organizations: 'ou-', the root's id, '-', 8 to 32 letters or digits",
    ),
    pattern(Percent): ("a percentage", "write it as '10%', with a whole number up to 100"),
    pattern(Share): ("a share", "write it as '10%', with a whole number from 1 to 100"),
    pattern(PublicKey): (
        "an SSH public key",
        "copy the line of the .pub file: 'ssh-ed25519 AAAA…'",
    ),
    pattern(KeyArn): (
        "the ARN of a KMS key",
        "copy it from KMS; an alias will not do: 'arn:aws:kms:<region>:<account id>:key/<key id>'",
    ),
    pattern(SignerName): (
        "a signer's name",
        "use letters, digits and ._@+-, beginning with a letter or digit",
    ),
    pattern(Repository): (
        "a repository",
        "write it as owner/name or owner@id/name@id; all that fits a pattern could enter",
    ),
    pattern(Project): (
        "a project",
        "write it as group/project, without patterns: all that fits one could enter",
    ),
    pattern(Branch): ("a branch", "name one, without patterns: all that fits one could enter"),
    pattern(Environment): (
        "an environment",
        "name one by letters, digits and ._-, without patterns: all that fits one could enter",
    ),
    pattern(Issuer): (
        "an address of GitLab",
        "write it as https://gitlab.example.com, without a port and a slash at its end",
    ),
    pattern(Image): (
        "an image in Amazon ECR by its digest",
        "copy URI and digest: '<account id>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:…'",
    ),
    pattern(Schedule): (
        "a schedule",
        "write it as EventBridge Scheduler does: 'cron(0 3 * * ? *)' or 'rate(6 hours)'",
    ),
    pattern(SecurityGroup): (
        "a security group's id",
        "copy it from VPC: 'sg-' and 8 or 17 digits and a-f",
    ),
    pattern(Target): (
        "a receiver of a task's messages",
        "write it as sns:<the topic's ARN> or webhook:https://…",
    ),
    pattern(TimeZone): ("a time zone", "write it as 'Asia/Tokyo' or 'UTC'"),
    pattern(Topic): (
        "the ARN of a topic",
        "copy it from SNS: 'arn:aws:sns:<region>:<account id>:<name>'",
    ),
    pattern(Days): ("a number of days", "write it as '30d', with a whole number from 1 to 999"),
    pattern(WorkgroupName): (
        "a workgroup of Athena",
        "use letters, digits and ._-, up to 128",
    ),
    pattern(Region): ("a region", "write it as AWS does: 'ap-northeast-1'"),
    pattern(ResourceType): ("a resource type", "write it as Terraform does: 'aws_s3_bucket'"),
    pattern(RoleName): (
        "a role's name",
        "use at most 64 letters, digits and the characters _+=,.@-",
    ),
    pattern(RootId): (
        "a root's id",
        "copy it from AWS Organizations: 'r-' and 4 to 32 lower-case letters or digits",
    ),
    pattern(TrackerProject): (
        "a project of a tracker",
        "use letters, digits and _.-, and a slash between a group and what is in it",
    ),
    pattern(TwelveDigits): ("12 digits", "write all twelve, in quotes, without hyphens"),
    str(PREFIX.pattern): (
        "a bucket prefix",
        "use 2 to 41 lower-case letters, digits and hyphens, beginning with a letter or digit",
    ),
}
