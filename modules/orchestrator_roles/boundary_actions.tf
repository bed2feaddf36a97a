# What roles of stacks do, action by action: a service's name alone is not a bound. Patterns stand where
# everything they name is read, or is needed. Tests hold them against what the roles ask for, and
# against the known ways to more rights.
locals {
  bound_actions = concat(
    ["events:PutEvents"],
    local.router ? local.bound_router : [],
    local.router && contains(var.logs, "lake") ? local.bound_questions : [],
    contains(var.stacks, "security") ? ["organizations:Describe*", "organizations:List*"] : [],
    contains(var.logs, "destination") ? ["firehose:Put*", "kms:Decrypt", "kms:GenerateDataKey", "logs:PutLog*", "s3:Abort*", "s3:Get*", "s3:List*", "s3:PutObject"] : [],
    contains(var.logs, "lake") ? local.bound_lake : [],
    contains(var.logs, "siem") ? local.bound_siem : [],
  )

  bound_remediations = flatten([for service, names in {
    apigateway              = ["GET", "PATCH"]
    application-autoscaling = ["*ScalableTarget", "*ScalingPolicy", "Describe*"]
    autoscaling             = ["*LaunchConfiguration", "*Tags", "Describe*", "UpdateAutoScalingGroup"]
    cloudformation          = ["*Stacks", "UpdateStack", "UpdateTerminationProtection"]
    cloudfront              = ["*agResource", "Get*", "List*", "UpdateDistribution"]
    cloudtrail              = ["*Tags", "Describe*", "Get*", "LookupEvents", "StartLogging", "UpdateTrail"]
    cloudwatch              = ["*AlarmActions", "DeleteAlarms", "Describe*", "Get*", "List*", "PutMetricAlarm"]
    codebuild               = ["BatchGetProjects", "ListProjects", "UpdateProject"]
    config                  = ["Describe*", "St*ConfigurationRecorder"]
    dynamodb                = ["*ContinuousBackups", "*agResource", "Describe*", "List*", "UpdateTable"]
    ec2 = [
      "*EbsEncryptionByDefault", "*FlowLogs", "*NetworkAclEntry", "*IamInstanceProfile", "*SnapshotBlockPublicAccess", "*VpcEndpoints",
      "AuthorizeSecurityGroup*", "CreateLaunchTemplateVersion", "*eTags", "CreateVpcEndpoint", "Describe*", "Get*",
      "*MetadataOptions", "ModifyLaunchTemplate", "ModifyNetwork*", "ModifySnapshotAttribute",
      "ModifySubnet*", "ModifyTransitGateway", "ModifyVpcBlockPublicAccess*", "RevokeSecurityGroup*", "TerminateInstances",
    ]
    ecr                  = ["*LifecyclePolicy", "*Resource", "Describe*", "PutImageS*", "PutImageTagM*"]
    ecs                  = ["*TaskDefinition", "*agResource", "Describe*", "List*", "UpdateClusterSettings", "UpdateService"]
    elasticache          = ["Describe*", "List*", "ModifyCacheCluster", "ModifyReplicationGroup"]
    elasticloadbalancing = ["Describe*", "Modify*"]
    es                   = ["*Tags", "Describe*", "List*", "UpdateDomainConfig"]
    guardduty            = ["*Detector", "*agResource", "Get*", "List*", "UpdateMember*"]
    iam                  = ["*AccountPasswordPolicy", "*agRole", "*agUser", "CreateServiceLinkedRole", "DeleteLoginProfile", "Get*", "List*", "UpdateAccessKey"]
    kms                  = ["*KeyRotation", "CancelKeyDeletion", "CreateGrant", "Describe*", "Get*", "List*", "PutKeyPolicy"]
    lambda               = ["*agResource", "*Permission", "Get*", "InvokeFunction", "List*"]
    logs                 = ["*LogDelivery", "*MetricFilter", "Describe*", "List*", "PutResourcePolicy", "PutRetentionPolicy"]
    rds                  = ["*SnapshotAttribute*", "AddTags*", "CopyDB*Snapshot", "DeleteDB*Snapshot", "Describe*", "List*", "ModifyDBCluster", "ModifyDBInstance", "RemoveTags*"]
    redshift             = ["*Logging", "*eTags", "Describe*", "ModifyCluster"]
    route53              = ["*QueryLoggingConfig", "AssociateVPC*", "ChangeTags*", "GetHostedZone", "List*"]
    s3                   = ["*BucketPolicy", "*OwnershipControls", "Get*", "List*", "PutAccount*", "PutBucketLogging", "PutBucketNotification", "PutBucketPublic*", "PutBucketV*", "PutEncryption*", "PutLifecycle*"]
    secretsmanager       = ["*RotateSecret", "*agResource", "DeleteSecret", "Describe*", "List*", "RestoreSecret"]
    sns                  = ["*agResource", "Get*", "List*", "Publish", "SetTopicAttributes"]
    sqs                  = ["*agQueue", "Get*", "List*", "SetQueueAttributes"]
    ssm                  = ["*AutomationExecution", "*ServiceSetting", "*TagsToResource", "DeleteParameter", "Describe*", "Get*Parameter*", "List*", "ModifyDocumentPermission", "PutParameter", "RemoveTags*"]
    states               = ["*agResource", "Describe*", "List*", "UpdateStateMachine"]
  } : [for name in names : "${service}:${name}"]])

  # The second remediation role's: by services, as orchestrator/findings/sessions.py tells them apart.
  bound_remediations_2 = flatten([for service, names in {
    access-analyzer     = ["*Analyzer", "*agResource", "List*"]
    account             = ["*AlternateContact"]
    acm                 = ["*TagsToCertificate", "List*", "RemoveTags*"]
    acm-pca             = ["*agCertificateAuthority", "List*"]
    amplify             = ["*agResource", "List*"]
    appflow             = ["*agResource", "List*"]
    apprunner           = ["*agResource", "List*"]
    appsync             = ["*agResource", "List*"]
    athena              = ["*agResource", "Get*", "List*", "UpdateWorkGroup"]
    backup              = ["*agResource", "List*"]
    batch               = ["*agResource", "Describe*", "List*"]
    codeartifact        = ["*agResource", "List*"]
    codeguru-profiler   = ["*agResource", "List*"]
    cognito-identity    = ["Describe*", "List*", "UpdateIdentityPool"]
    datasync            = ["*agResource", "List*"]
    detective           = ["*agResource", "List*"]
    dms                 = ["*TagsToResource", "Describe*", "List*", "ModifyReplicationInstance", "RemoveTags*"]
    ec2                 = ["DescribeRouteTables", "DescribeSubnets", "ModifySubnet*"]
    ecr-public          = ["*Resource", "DescribeR*"]
    eks                 = ["*agResource", "Describe*", "List*", "UpdateClusterConfig"]
    elasticfilesystem   = ["*agResource", "Describe*", "List*", "PutBackupPolicy"]
    elasticmapreduce    = ["*AccessConfiguration"]
    events              = ["*agResource", "List*"]
    firehose            = ["*DeliveryStreamEncryption", "Describe*", "List*"]
    glue                = ["*agResource", "Get*"]
    iam                 = ["CreateServiceLinkedRole"]
    inspector2          = ["BatchGet*", "Disable", "Enable", "List*"]
    iot                 = ["*agResource", "List*"]
    ivs                 = ["*agResource", "List*"]
    kafka               = ["Describe*", "List*", "UpdateConnectivity", "UpdateMonitoring", "UpdateSecurity"]
    kinesis             = ["*StreamEncryption", "*RetentionPeriod", "*Tags*Stream", "Describe*", "List*"]
    kms                 = ["RetireGrant"]
    logs                = ["*LogDelivery", "Describe*", "PutResourcePolicy"]
    macie2              = ["*Macie", "Get*", "UpdateMacieSession"]
    mq                  = ["*Tags", "Describe*", "List*", "UpdateBroker"]
    network-firewall    = ["*Protection", "*agResource", "Describe*", "List*"]
    redshift-serverless = ["List*", "UpdateWorkgroup"]
    sagemaker           = ["*dTags", "DeleteTags", "List*"]
    ses                 = ["*agResource", "List*"]
    transfer            = ["*agResource", "List*"]
    wafv2               = ["*LoggingConfiguration", "List*"]
  } : [for name in names : "${service}:${name}"]])

  bound_router = [
    "dynamodb:*teItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "kms:Decrypt", "kms:GenerateDataKey", "logs:CreateLogStream",
    "logs:PutLogEvents", "s3:GetObject", "s3:PutObject", "secretsmanager:GetSecretValue", "securityhub:BatchUpdateFindings", "securityhub:GetFindings",
    "sns:Publish", "sqs:*Message", "sqs:ChangeMessage*", "sqs:GetQueue*", "ssm:GetParameter", "xray:Put*",
  ]

  # What the function asks of Security Lake before a fix that waits for disuse.
  bound_questions = [
    "athena:GetQuery*", "athena:St*QueryExecution", "glue:GetDatabase", "glue:GetPartitions", "glue:GetTable",
    "lakeformation:GetDataAccess", "s3:GetBucketLocation", "s3:ListBucket",
  ]

  # With AmazonSecurityLakeMetastoreManager, AWS's own, and sources that streams write.
  bound_lake = [
    "firehose:Put*", "glue:*Partition*", "glue:Get*", "glue:UpdateTable", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "lakeformation:GetDataAccess",
    "lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "logs:CreateLog*", "logs:PutLogEvents", "s3:Abort*", "s3:Get*", "s3:List*", "s3:PutObject", "s3:Replicate*",
    "sqs:*Message", "sqs:ChangeMessage*", "sqs:GetQueue*",
  ]

  bound_siem = [
    "aoss:API*", "aoss:Batch*", "aoss:CreateSecurityPolicy", "aoss:Get*", "aoss:UpdateSecurityPolicy", "es:Describe*", "es:ESHttp*", "kms:Decrypt",
    "kms:GenerateDataKey", "s3:GetObject", "s3:PutObject", "sqs:*Message", "sqs:ChangeMessage*", "sqs:GetQueue*",
  ]
}
