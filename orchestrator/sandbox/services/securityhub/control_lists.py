"""Literal lists behind the catalogue: service, then numbers; `4-6` is a range."""

from __future__ import annotations

LATER = """\
Amplify 1-2
Batch 4
CloudFormation 3-4
CloudTrail 10
Cognito 2
DMS 13
DataSync 2
DocumentDB 6
EC2 173-182
ECS 6-7
ELB 18
FSx 3-5
Lambda 7
MSK 4-6
RDS 41-48 50
Redshift 17-18
RedshiftServerless 1-7
S3 25
SES 3
SSM 5-7
SageMaker 6-8
"""
"""Controls that came after the hub's answer in `model/hub_controls`."""

LATER_TAGGING = """\
Amplify 1-2
Batch 4
DataSync 2
EC2 174-179
Redshift 17
SSM 5
SageMaker 6-7
"""

AI = """\
Bedrock 1
BedrockAgentCore 1
"""
"""Those of it that the lists here know. Source: "AI Security Best Practices standard"."""

SEVERITIES = {"EC2.182": "HIGH"}
"""Of those that came later; the others are MEDIUM."""

TITLES = {
    "Account.1": "Security contact information should be provided for an AWS account",
    "CloudTrail.1": "CloudTrail should be enabled and configured with a multi-Region trail",
    "CloudTrail.2": "CloudTrail should have encryption at-rest enabled",
    "CloudTrail.4": "CloudTrail log file validation should be enabled",
    "CloudTrail.5": "CloudTrail trails should be integrated with Amazon CloudWatch Logs",
    "Config.1": "AWS Config should be enabled and use the service-linked role",
    "EC2.2": "VPC default security groups should not allow inbound or outbound traffic",
    "EC2.6": "VPC flow logging should be enabled in all VPCs",
    "EC2.7": "EBS default encryption should be enabled",
    "EC2.8": "EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)",
    "EC2.182": "Amazon EBS Snapshots should not be publicly accessible",
    "GuardDuty.1": "GuardDuty should be enabled",
    "IAM.4": "IAM root user access key should not exist",
    "IAM.6": "Hardware MFA should be enabled for the root user",
    "IAM.7": "Password policies for IAM users should have strong configurations",
    "KMS.4": "AWS KMS key rotation should be enabled",
    "RDS.1": "RDS snapshot should be private",
    "S3.1": "S3 general purpose buckets should have block public access settings enabled",
    "S3.2": "S3 general purpose buckets should block public read access",
    "S3.3": "S3 general purpose buckets should block public write access",
    "S3.5": "S3 general purpose buckets should require requests to use SSL",
    "S3.8": "S3 general purpose buckets should block public access",
    "S3.9": "S3 general purpose buckets should have server access logging enabled",
    "SSM.4": "SSM documents should not be public",
}
