"""Controls for which a log tells who uses what fails them: those that a fix may wait for.

The questions themselves are in the findings function; a test holds the two together.
"""

from __future__ import annotations

LONGEST_LOOK = 90
"""Days that logs are asked for at most: Security Lake moves older events to Glacier."""

ANSWERED = (
    *(
        "CloudFront.3",
        "CloudFront.15",
        "CloudTrail.6",
        "DMS.1",
        "EC2.2",
        "EC2.13",
        "EC2.14",
        "EC2.18",
        "EC2.19",
    ),
    *("EC2.21", "EC2.53", "EC2.54", "ELB.1", "ELB.17", "IAM.3", "IAM.4", "IAM.5", "IAM.8"),
    *(
        "IAM.22",
        "KMS.5",
        "Lambda.1",
        "MSK.4",
        "RDS.2",
        "Redshift.1",
        "RedshiftServerless.3",
        "S3.2",
        "S3.3",
        "S3.5",
        "S3.6",
    ),
    *("S3.8", "S3.19", "SecretsManager.3", "SNS.4", "SQS.3"),
)


def answered(control: str) -> bool:
    return control.lower() in {each.lower() for each in ANSWERED}
