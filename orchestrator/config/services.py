"""The services of Security Hub's controls, spelled as the ids of the controls spell them.

Source: AWS Security Hub User Guide, "Control reference". A service that AWS adds is added here.
"""

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
