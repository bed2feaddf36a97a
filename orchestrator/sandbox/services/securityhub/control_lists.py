"""Literal lists behind the catalogue: service, then numbers; `4-6` is a range."""

from __future__ import annotations

ALL = """\
Account 1-2
ACM 1-3
Amplify 1-2
APIGateway 1-5 8-9
AppFlow 1
AppRunner 1-2
AppSync 1-2 4-6
Athena 2-4
AutoScaling 1-3 5-6 9-10
Backup 1-5
Bedrock 1
BedrockAgentCore 1
Batch 1-4
CloudFormation 2-4
CloudFront 1 3-10 12-14
CloudTrail 1-7 9-10
CloudWatch 1-17
CodeArtifact 1
CodeBuild 1-4 7
CodeGuruProfiler 1
Cognito 1-2
Config 1
DataFirehose 1
DataSync 1-2
Detective 1
DMS 1-13
DocumentDB 1-6
DynamoDB 1-7
EC2 1-4 6-10 12-25 28 33-58 60 170-182
ECR 1-5
ECS 1-10 12-16
EFS 1-8
EKS 1-3 6-8
ElastiCache 1-7
ElasticBeanstalk 1-3
ELB 1-10 12-14 16-18
EMR 1-4
ES 1-9
EventBridge 2-4
FSx 1-5
Glue 1 3-4
GlobalAccelerator 1
GuardDuty 1-13
IAM 1-19 21-28
Inspector 1-4
IoT 1-6
IVS 1-3
Kinesis 1-3
KMS 1-5
Lambda 1-3 5-7
Macie 1-2
MQ 2 4-6
MSK 1-6
Neptune 1-9
NetworkFirewall 1-10
Opensearch 1-11
PCA 1-2
RDS 1-48 50
Redshift 1-4 6-18
RedshiftServerless 1-7
Route53 1-2
S3 1-3 5-15 17 19-20 22-25
SageMaker 1-8
SecretsManager 1-5
ServiceCatalog 1
SES 1-3
SNS 1 3-4
SQS 1-3
SSM 1-7
StepFunctions 1-2
Transfer 1-3
WAF 1-4 6-8 10-12
WorkSpaces 1-2
"""

TAGGING = """\
ACM 3
Amplify 1-2
AppFlow 1
AppRunner 1-2
AppSync 4
Athena 2-3
AutoScaling 10
Backup 2-5
Batch 1-4
CloudFormation 2
CloudFront 14
CloudTrail 9
CodeArtifact 1
CodeGuruProfiler 1
DataSync 2
Detective 1
DMS 2-4
DynamoDB 5
EC2 33-50 52 174-179
ECR 4
ECS 13-15
EFS 5
EKS 6-7
ES 9
EventBridge 2
Glue 1
GuardDuty 2-4
IAM 23-25
IoT 1-6
IVS 1-3
Kinesis 2
Lambda 6
MQ 4
NetworkFirewall 7-8
Opensearch 9
PCA 2
RDS 28-33
Redshift 11-14 17
Route53 1
SageMaker 6-7
SecretsManager 5
SES 1-2
SNS 3
SQS 2
SSM 5
StepFunctions 2
Transfer 1
"""

NOT_FOUNDATIONAL = """\
Account 2
CloudTrail 1 3 6-7
CloudWatch 1-17
EC2 22 28 53-54
IAM 10-18 22 26-28
KMS 4
S3 7 10-11 14-15 17 20 22-23 25
"""

CIS_1_2 = """\
CloudTrail 1-2 4-7
CloudWatch 1-14
Config 1
EC2 6 13-14
IAM 1-8 11-18
KMS 4
"""

CIS_1_4 = """\
CloudTrail 1-2 4-7
CloudWatch 1 4-14
Config 1
EC2 2 6-7 21
IAM 3-6 9 15-16 18 22
KMS 4
RDS 3
S3 1 5 8 20
"""

CIS_3 = """\
Account 1
CloudTrail 1-2 4 7
Config 1
EC2 2 6-8 21 53-54
EFS 1
IAM 2-6 9 15-16 18 22 26-28
KMS 4
RDS 2-3 13
S3 1 5 8 20 22-23
"""

AI = """\
Bedrock 1
BedrockAgentCore 1
"""
"""Those of it that the lists here know. Source: "AI Security Best Practices standard"."""

PCI = """\
AutoScaling 1
CloudTrail 1-5
CodeBuild 1-2
Config 1
DMS 1
EC2 1-2 6 12-13
ELB 1
ES 1-2
GuardDuty 1
IAM 1 3-6 9-10 19
KMS 4
Lambda 1 3
Opensearch 1-2
RDS 1-2
Redshift 1
S3 1-3 5 7
SageMaker 1
SSM 1-3
"""

SEVERITIES = {
    "Account.1": "MEDIUM",
    "CloudTrail.1": "HIGH",
    "CloudTrail.4": "LOW",
    "CloudTrail.5": "LOW",
    "CloudTrail.6": "CRITICAL",
    "Config.1": "CRITICAL",
    "EC2.1": "CRITICAL",
    "EC2.2": "HIGH",
    "EC2.8": "HIGH",
    "EC2.9": "HIGH",
    "EC2.13": "HIGH",
    "EC2.14": "HIGH",
    "EC2.18": "HIGH",
    "EC2.19": "CRITICAL",
    "EC2.25": "HIGH",
    "EC2.182": "HIGH",
    "GuardDuty.1": "HIGH",
    "IAM.1": "HIGH",
    "IAM.2": "LOW",
    "IAM.4": "CRITICAL",
    "IAM.6": "CRITICAL",
    "IAM.9": "CRITICAL",
    "KMS.3": "CRITICAL",
    "Lambda.1": "CRITICAL",
    "RDS.1": "CRITICAL",
    "RDS.2": "CRITICAL",
    "S3.2": "CRITICAL",
    "S3.3": "CRITICAL",
    "S3.6": "HIGH",
    "S3.8": "HIGH",
    "S3.9": "MEDIUM",
    "S3.19": "CRITICAL",
    "SSM.4": "CRITICAL",
}

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
