"""Where Prowler's check means something else than the control, and what it says then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FAILS = ("FAIL", "FAIL", "FAIL")
PASSES = ("PASS", "PASS", "PASS")


@dataclass(frozen=True, slots=True)
class Difference:
    """What Prowler says of it violated, repaired and taken back.

    `control` is what the control's text asks (AWS Security Hub User Guide, the page of its
    service), `check` what Prowler's check of that name looks at.
    """

    said: tuple[str, str, str]
    control: str
    check: str


LENGTH, REUSE = "iam_password_policy_minimum_length_14", "iam_password_policy_reuse_24"
EXPIRY, SYMBOL = (
    "iam_password_policy_expires_passwords_within_90_days_or_less",
    "iam_password_policy_symbol",
)

DIFFERENCES: Mapping[tuple[str, str], Difference] = {
    ("Account.1", "account_security_contact_information_is_registered"): Difference(
        ("MANUAL", "MANUAL", "MANUAL"),
        "fails if security contact information is not provided for the account",
        "asks a person to look; it calls nothing",
    ),
    ("CloudTrail.1", "cloudtrail_multi_region_enabled"): Difference(
        PASSES,
        "at least one multi-Region trail that captures read and write management events",
        "any trail that logs in the region, of one region as well",
    ),
    ("CloudTrail.5", "cloudtrail_cloudwatch_logging_enabled"): Difference(
        FAILS,
        "fails if the CloudWatchLogsLogGroupArn property of the trail is empty",
        "also a delivery to CloudWatch Logs within a day, of which the sandbox makes none",
    ),
    ("CloudTrail.6", "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"): Difference(
        FAILS,
        "by AWS Config's s3-bucket-public-read-prohibited: an access control list is not public "
        "where the bucket's block of public access ignores it",
        "the access control list alone, whatever the block says",
    ),
    ("ECS.5", "ecs_task_definitions_containers_readonly_access"): Difference(
        FAILS,
        "only evaluates the latest active revision of a task definition",
        "every active revision; the repair makes a new one, and running tasks keep the old",
    ),
    ("EKS.8", "eks_control_plane_logging_all_types_enabled"): Difference(
        FAILS,
        "fails if audit logging is not enabled for the cluster",
        "all five kinds of logs",
    ),
    ("IAM.7", LENGTH): Difference(
        FAILS, "MinimumPasswordLength: 8 by default", "CIS's 14 characters"
    ),
    ("IAM.7", REUSE): Difference(
        FAILS, "PasswordReusePrevention: no default, so it is not asked for", "CIS's 24 passwords"
    ),
    ("IAM.7", EXPIRY): Difference(
        FAILS, "MaxPasswordAge: no default, so it is not asked for", "90 days or less"
    ),
    ("ELB.5", "elb_logging_enabled"): Difference(
        ("nothing", "nothing", "nothing"),
        "application and classic load balancers; an application load balancer is violated",
        "classic load balancers alone; elbv2_logging_enabled looks at the others, and agrees",
    ),
    ("IAM.10", LENGTH): Difference(FAILS, "PCI DSS: a minimum length of 7", "CIS's 14 characters"),
    ("IAM.10", REUSE): Difference(FAILS, "PCI DSS: the last 4 passwords", "CIS's 24 passwords"),
    ("IAM.10", SYMBOL): Difference(FAILS, "PCI DSS asks for no symbol", "a symbol"),
    ("RDS.2", "rds_instance_no_public_access"): Difference(
        PASSES,
        "evaluates the PubliclyAccessible field alone",
        "also a security group that is open to the internet, and a public subnet",
    ),
    ("RDS.11", "rds_instance_backup_enabled"): Difference(
        PASSES,
        "fails if the retention period of backups is less than seven days",
        "any backups; the violation keeps them one day",
    ),
    ("Redshift.1", "redshift_cluster_public_access"): Difference(
        PASSES,
        "evaluates the PubliclyAccessible field alone",
        "also a security group that is open to the internet, and a public subnet",
    ),
    ("Redshift.3", "redshift_cluster_automated_snapshot"): Difference(
        PASSES,
        "the snapshot retention period is greater than or equal to seven",
        "whether there is any snapshot",
    ),
    ("S3.3", "s3_bucket_public_write_acl"): Difference(
        ("PASS", "nothing", "PASS"),
        "the bucket's policy and its access control list; the policy is violated",
        "the list alone; s3_bucket_policy_public_write_access looks at the policy, and agrees. "
        "Where the account's block is on, it says something of the account and of no bucket",
    ),
    ("S3.6", "s3_bucket_cross_account_access"): Difference(
        FAILS,
        "fails if the policy allows another account s3:DeleteBucketPolicy, PutBucketAcl, "
        "PutBucketPolicy, PutEncryptionConfiguration or PutObjectAcl; the repair denies those, "
        "and what else is shared stays shared",
        "any action that any statement allows another account, whatever another one denies",
    ),
}
