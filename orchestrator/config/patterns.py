"""The patterns of the model in words: what a text is not, and what to write instead."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import StringConstraints

from orchestrator.config.shapes import OuName
from orchestrator.model.facts import (
    BucketName,
    Email,
    KeyArn,
    LogArchive,
    OrganizationId,
    OuId,
    PublicKey,
    RoleName,
    RootId,
    SignerName,
    TwelveDigits,
)
from orchestrator.model.settings import ControlName, Name, Region, ResourceType
from orchestrator.model.waves import Percent, Share


def pattern(annotated: Any) -> str:
    """The pattern of an annotated text of the model."""
    constraints = [item for item in get_args(annotated) if isinstance(item, StringConstraints)]
    return str(constraints[0].pattern)


PREFIX = LogArchive.model_fields["bucket_prefix"].metadata[0]

PATTERNS: dict[str, tuple[str, str]] = {
    pattern(BucketName): (
        "a bucket name",
        "use 3 to 63 lower-case letters, digits and hyphens, no hyphen at the ends",
    ),
    pattern(ControlName): ("a control", "write it as Security Hub does: 'S3.1'"),
    pattern(Email): ("an e-mail address", "write it as name@example.com"),
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
    pattern(OuName): ("an OU's name", "leave out '/' and control characters"),
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
    pattern(TwelveDigits): ("12 digits", "write all twelve, in quotes, without hyphens"),
    str(PREFIX.pattern): (
        "a bucket prefix",
        "use 2 to 41 lower-case letters, digits and hyphens, beginning with a letter or digit",
    ),
}
