"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 5


def nearest(wrong: str, known: Iterable[str]) -> list[str]:
    """The names most like `wrong`, best first; capital letters make no difference."""
    folded = {name.lower(): name for name in known}
    if same := folded.get(wrong.lower()):
        return [same]
    return [folded[match] for match in get_close_matches(wrong.lower(), folded, n=3, cutoff=0.7)]


def choose(wrong: str, known: Iterable[str]) -> str:
    """A way out of the unknown name `wrong`: those like it, or else the first few there are."""
    names = list(known)
    suggestions = nearest(wrong, names)
    if len(suggestions) == 1:
        return f"did you mean '{suggestions[0]}'?"
    if suggestions:
        return f"did you mean one of {', '.join(suggestions)}?"
    if not names:
        return "remove it"
    more = ", …" if len(names) > SHOWN else ""
    return f"choose one of {', '.join(names[:SHOWN])}{more}"


def choose_or(wrong: str, known: Iterable[str], otherwise: str) -> str:
    """The same, with another way out."""
    fix = choose(wrong, known)
    return f"{fix} If not, {otherwise}" if fix.endswith("?") else f"{fix} or {otherwise}"


NAMES = (
    "Account ACM Amplify APIGateway AppConfig AppFlow AppRunner AppSync Athena AutoScaling "
    "Backup Batch CloudFormation CloudFront CloudTrail CloudWatch CodeArtifact "
    "CodeBuild CodeGuruProfiler CodeGuruReviewer Cognito Config Connect DataFirehose DataSync "
    "Detective DMS DocumentDB DynamoDB EC2 ECR ECS EFS EKS ElastiCache ElasticBeanstalk ELB EMR "
    "ES EventBridge FraudDetector FSx GlobalAccelerator Glue GuardDuty IAM Inspector IoT "
    "IoTEvents IoTSiteWise IoTTwinMaker IoTWireless IVS Keyspaces Kinesis KMS Lambda Macie MQ MSK "
    "Neptune NetworkFirewall Opensearch PCA RDS Redshift RedshiftServerless Route53 S3 SageMaker "
    "SecretsManager ServiceCatalog SES SNS SQS SSM StepFunctions Transfer WAF WorkSpaces"
)
SERVICES = tuple(NAMES.split())
