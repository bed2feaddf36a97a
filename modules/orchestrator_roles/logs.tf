# What collecting logs needs, in policies of their own: the inline ones have no room for it.
locals {
  collects = length(var.logs) > 0

  # Whether roles of stacks write or read logs; what the boundary lets them do for it.
  delivers_logs = length(setintersection(var.logs, ["destination", "lake", "siem"])) > 0
  log_services = concat(
    contains(var.logs, "destination") ? ["firehose"] : [],
    contains(var.logs, "lake") ? ["glue", "lakeformation"] : [],
    contains(var.logs, "siem") ? ["aoss"] : [],
  )
  log_data = concat(
    length(setintersection(var.logs, ["destination", "siem"])) > 0 ? ["${local.arn}:s3:::${var.bucket_prefix}-*/*"] : [],
    contains(var.logs, "lake") ? ["${local.arn}:s3:::aws-security-data-lake-*/*", "${local.arn}:sqs:*:${var.account_id}:AmazonSecurityLake-*"] : [],
    contains(var.logs, "siem") ? ["${local.arn}:s3:::orchestrator-siem-*/*", "${local.arn}:sqs:*:*:orchestrator-siem*"] : [],
  )

  # Security Lake calls on behalf of who has called it.
  by_security_lake = { "ForAnyValue:StringEquals" = { "aws:CalledVia" = ["securitylake.amazonaws.com"] } }

  siem_queues = "${local.arn}:sqs:*:${var.account_id}:orchestrator-siem*" # one for each kind of file, and its dead letters

  log_roles = concat(
    length(setintersection(var.logs, ["cloudwatch", "destination"])) > 0 ? ["${local.iam}:role/orchestrator-logs-*"] : [],
    contains(var.logs, "lake") ? ["${local.iam}:role/orchestrator-lake-*"] : [],
    contains(var.logs, "siem") ? ["${local.iam}:role/orchestrator-siem-*"] : [],
  )

  log_reads = {
    cloudwatch = [
      {
        Sid      = "ReadsSubscriptions"
        Effect   = "Allow"
        Action   = ["logs:DescribeAccountPolicies"]
        Resource = "*"
      },
    ]

    destination = [
      {
        Sid    = "ReadsDestinations"
        Effect = "Allow"
        Action = [
          "cloudwatch:DescribeAlarms",
          "cloudwatch:ListTagsForResource",
          "firehose:DescribeDeliveryStream",
          "firehose:ListTagsForDeliveryStream",
          "logs:DescribeDestinations",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:ListTagsForResource",
        ]
        Resource = "*"
      },
    ]

    lake = [
      {
        Sid    = "ReadsLakes"
        Effect = "Allow"
        Action = [
          "securitylake:GetDataLakeOrganizationConfiguration",
          "securitylake:GetSubscriber",
          "securitylake:ListDataLakes",
          "securitylake:ListLogSources",
          "securitylake:ListSubscribers",
          "securitylake:ListTagsForResource",
        ]
        Resource = "*"
      },
    ]

    resolver_queries = [
      {
        Sid    = "ReadsQueryLogging"
        Effect = "Allow"
        Action = [
          "ec2:DescribeVpcs",
          "route53resolver:GetResolverQueryLogConfig",
          "route53resolver:GetResolverQueryLogConfigAssociation",
          "route53resolver:ListResolverQueryLogConfigAssociations",
          "route53resolver:ListResolverQueryLogConfigs",
          "route53resolver:ListTagsForResource",
        ]
        Resource = "*"
      },
    ]

    siem = [
      {
        Sid    = "ReadsTheSiem"
        Effect = "Allow"
        Action = [
          "aoss:BatchGetCollection",
          "aoss:BatchGetLifecyclePolicy",
          "aoss:BatchGetVpcEndpoint",
          "aoss:GetAccessPolicy",
          "aoss:GetAccountSettings",
          "aoss:GetSecurityPolicy",
          "aoss:ListTagsForResource",
          "aoss:ListVpcEndpoints",
          "cloudwatch:DescribeAlarms",
          "cloudwatch:GetMetricData",
          "cloudwatch:ListTagsForResource",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcEndpoints",
          "ec2:DescribeVpcs",
          "es:DescribeDomain",
          "es:DescribeDomainConfig",
          "es:DescribeDomainHealth",
          "es:DescribeDomainNodes",
          "es:GetCompatibleVersions",
          "es:ListTags",
          "iam:ListRoles",
          "kms:DescribeKey",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListAliases",
          "kms:ListResourceTags",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:ListTagsForResource",
          "osis:GetPipeline",
          "osis:ListTagsForResource",
        ]
        Resource = "*"
      },
      {
        Sid      = "ReadsDeadLetters"
        Effect   = "Allow"
        Action   = ["s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = "${local.arn}:s3:::orchestrator-siem-*"
      },
    ]

    # The lake's own reads have its subscribers, but not what waits for them.
    siem_lake = [
      {
        Sid      = "ReadsTheLakesQueues"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes"]
        Resource = "${local.arn}:sqs:*:${var.account_id}:AmazonSecurityLake*"
      },
    ]

    siem_source = [
      {
        Sid      = "ReadsTheQueue"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
        Resource = local.siem_queues
      },
    ]

    vpc_flow = [
      {
        Sid      = "ReadsFlowLogs"
        Effect   = "Allow"
        Action   = ["ec2:DescribeFlowLogs"]
        Resource = "*"
      },
    ]
  }

  # To a bucket, the service delivers; whoever turns it on makes the delivery (CloudWatch Logs user
  # guide, "Logs sent to Amazon S3").
  delivers = {
    Sid      = "LetsLogsBeDelivered"
    Effect   = "Allow"
    Action   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:UpdateLogDelivery"]
    Resource = "*"
  }

  log_writes = {
    cloudwatch = [
      {
        Sid    = "ForwardsLogGroups"
        Effect = "Allow"
        # The account's one policy, and the filters that it makes of it.
        Action   = ["logs:DeleteAccountPolicy", "logs:DeleteSubscriptionFilter", "logs:PutAccountPolicy", "logs:PutSubscriptionFilter"]
        Resource = "*"
      },
    ]

    destination = [
      {
        Sid    = "WritesDestinations"
        Effect = "Allow"
        Action = [
          "logs:DeleteDestination",
          "logs:PutDestination",
          "logs:PutDestinationPolicy",
          "logs:TagResource",
          "logs:UntagResource",
        ]
        Resource = "${local.arn}:logs:*:${var.account_id}:destination:orchestrator-logs"
      },
      {
        Sid    = "WritesTheDelivery"
        Effect = "Allow"
        Action = [
          "firehose:CreateDeliveryStream",
          "firehose:DeleteDeliveryStream",
          "firehose:StartDeliveryStreamEncryption",
          "firehose:StopDeliveryStreamEncryption",
          "firehose:TagDeliveryStream",
          "firehose:UntagDeliveryStream",
          "firehose:UpdateDestination",
        ]
        Resource = "${local.arn}:firehose:*:${var.account_id}:deliverystream/orchestrator-logs"
      },
      {
        Sid    = "WritesItsLogGroup"
        Effect = "Allow"
        Action = [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DeleteLogGroup",
          "logs:DeleteLogStream",
          "logs:PutRetentionPolicy",
          "logs:TagResource",
          "logs:UntagResource",
        ]
        Resource = "${local.arn}:logs:*:${var.account_id}:log-group:/aws/kinesisfirehose/orchestrator-logs*"
      },
      {
        Sid      = "WritesItsAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
        Resource = "${local.arn}:cloudwatch:*:${var.account_id}:alarm:orchestrator-logs-*"
      },
    ]

    lake = [
      {
        Sid    = "WritesLakes"
        Effect = "Allow"
        Action = [
          "securitylake:CreateAwsLogSource",
          "securitylake:CreateDataLake",
          "securitylake:DeleteAwsLogSource",
          "securitylake:DeleteDataLake",
          "securitylake:TagResource",
          "securitylake:UntagResource",
          "securitylake:UpdateDataLake",
        ]
        Resource = "*"
      },
      {
        Sid       = "MakesLakeServiceRoles"
        Effect    = "Allow"
        Action    = ["iam:CreateServiceLinkedRole"]
        Resource  = "${local.iam}:role/aws-service-role/*"
        Condition = { StringEquals = { "iam:AWSServiceName" = ["resource-management.securitylake.amazonaws.com", "securitylake.amazonaws.com"] } }
      },
      {
        Sid    = "LakesAreMadeOf"
        Effect = "Allow"
        # What Security Lake makes on the caller's behalf (AWS managed policy
        # AmazonSecurityLakeAdministrator).
        Action = [
          "events:DescribeRule",
          "events:PutRule",
          "events:PutTargets",
          "glue:CreateDatabase",
          "glue:CreateTable",
          "glue:GetDatabase",
          "glue:GetTable",
          "lakeformation:GetDataLakeSettings",
          "lakeformation:GrantPermissions",
          "lakeformation:PutDataLakeSettings",
          "lakeformation:RegisterResource",
          "lambda:AddPermission",
          "lambda:CreateEventSourceMapping",
          "lambda:CreateFunction",
          "organizations:DescribeOrganization",
          "organizations:ListAccounts",
          "organizations:ListDelegatedServicesForAccount",
          "sqs:CreateQueue",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:SetQueueAttributes",
        ]
        Resource  = "*"
        Condition = local.by_security_lake
      },
      {
        Sid    = "LakesLieIn"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket",
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:ListBucket",
          "s3:PutBucketNotification",
          "s3:PutBucketPolicy",
          "s3:PutBucketPublicAccessBlock",
          "s3:PutBucketVersioning",
          "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
          "s3:PutReplicationConfiguration",
        ]
        Resource  = ["${local.arn}:s3:::aws-security-data-lake*"]
        Condition = local.by_security_lake
      },
      {
        Sid       = "LakesAreGoverned"
        Effect    = "Allow"
        Action    = ["iam:CreateServiceLinkedRole"]
        Resource  = "${local.iam}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
        Condition = merge(local.by_security_lake, { StringEquals = { "iam:AWSServiceName" = "lakeformation.amazonaws.com" } })
      },
      {
        Sid       = "LakesAreRegistered"
        Effect    = "Allow"
        Action    = ["iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:PutRolePolicy"]
        Resource  = "${local.iam}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
        Condition = local.by_security_lake
      },
      {
        Sid       = "LakesHaveKeys"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:DescribeKey"]
        Resource  = "${local.arn}:kms:*:${var.account_id}:key/*"
        Condition = local.by_security_lake
      },
    ]

    resolver_queries = [
      {
        Sid    = "WritesQueryLogging"
        Effect = "Allow"
        Action = [
          "route53resolver:AssociateResolverQueryLogConfig",
          "route53resolver:CreateResolverQueryLogConfig",
          "route53resolver:DeleteResolverQueryLogConfig",
          "route53resolver:DisassociateResolverQueryLogConfig",
          "route53resolver:TagResource",
          "route53resolver:UntagResource",
        ]
        Resource = "*"
      },
    ]

    siem = [
      {
        Sid    = "WritesTheSiem"
        Effect = "Allow"
        Action = [
          "aoss:CreateCollection",
          "aoss:CreateAccessPolicy",
          "aoss:CreateLifecyclePolicy",
          "aoss:CreateSecurityPolicy",
          "aoss:CreateVpcEndpoint",
          "aoss:DeleteAccessPolicy",
          "aoss:DeleteCollection",
          "aoss:DeleteLifecyclePolicy",
          "aoss:DeleteSecurityPolicy",
          "aoss:DeleteVpcEndpoint",
          "aoss:TagResource",
          "aoss:UntagResource",
          "aoss:UpdateAccessPolicy",
          "aoss:UpdateCollection",
          "aoss:UpdateLifecyclePolicy",
          "aoss:UpdateSecurityPolicy",
          "aoss:UpdateVpcEndpoint",
          "ec2:AuthorizeSecurityGroupEgress",
          "ec2:AuthorizeSecurityGroupIngress",
          "ec2:CreateSecurityGroup",
          "ec2:CreateTags",
          "ec2:CreateVpcEndpoint",
          "ec2:DeleteSecurityGroup",
          "ec2:DeleteTags",
          "ec2:DeleteVpcEndpoints",
          "ec2:RevokeSecurityGroupEgress",
          "ec2:RevokeSecurityGroupIngress",
          "kms:CreateAlias",
          "kms:CreateKey",
          "kms:DeleteAlias",
          "kms:EnableKeyRotation",
          "kms:PutKeyPolicy",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateKeyDescription",
          "logs:DeleteResourcePolicy",
          "logs:PutResourcePolicy",
        ]
        # Ids of collections, policies, groups and keys are given by AWS.
        Resource = "*"
      },
      {
        Sid       = "LendsSiemKeys"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant"]
        Resource  = "${local.arn}:kms:*:${var.account_id}:key/*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } } # to services, not to anybody
      },
      {
        Sid       = "MakesSiemServiceRoles"
        Effect    = "Allow"
        Action    = ["iam:CreateServiceLinkedRole"]
        Resource  = "${local.iam}:role/aws-service-role/*"
        Condition = { StringEquals = { "iam:AWSServiceName" = ["observability.aoss.amazonaws.com", "opensearchservice.amazonaws.com", "osis.amazonaws.com"] } }
      },
      {
        Sid      = "WritesTheDomainsServiceRole"
        Effect   = "Allow"
        Action   = ["iam:DeleteServiceLinkedRole", "iam:GetServiceLinkedRoleDeletionStatus", "iam:TagRole", "iam:UntagRole"]
        Resource = "${local.iam}:role/aws-service-role/opensearchservice.amazonaws.com/*"
      },
      {
        Sid      = "WritesTheDomain"
        Effect   = "Allow"
        Action   = ["es:AddTags", "es:CreateDomain", "es:DeleteDomain", "es:GetUpgradeStatus", "es:RemoveTags", "es:UpdateDomainConfig", "es:UpgradeDomain"]
        Resource = "${local.arn}:es:*:${var.account_id}:domain/orchestrator-siem"
      },
      {
        Sid      = "WritesThePipeline"
        Effect   = "Allow"
        Action   = ["osis:DeletePipeline", "osis:StartPipeline", "osis:StopPipeline", "osis:TagResource", "osis:UntagResource", "osis:UpdatePipeline"]
        Resource = "${local.arn}:osis:*:${var.account_id}:pipeline/orchestrator-siem*"
      },
      {
        Sid      = "MakesThePipeline"
        Effect   = "Allow"
        Action   = ["osis:CreatePipeline"]
        Resource = "*" # it knows no resource (Service Authorization Reference, OpenSearch Ingestion)
      },
      {
        Sid    = "MakesTheEndpointsZone"
        Effect = "Allow"
        # An endpoint of OpenSearch Serverless has a private hosted zone, which is made with the
        # rights of who makes the endpoint (OpenSearch Service developer guide, "Data plane access
        # through AWS PrivateLink").
        Action = [
          "ec2:ModifyVpcEndpoint",
          "route53:AssociateVPCWithHostedZone",
          "route53:ChangeResourceRecordSets",
          "route53:CreateHostedZone",
          "route53:DeleteHostedZone",
          "route53:GetChange",
          "route53:GetHostedZone",
          "route53:ListHostedZonesByName",
          "route53:ListHostedZonesByVPC",
          "route53:ListResourceRecordSets",
        ]
        Resource = "*" # AWS gives endpoint and zone their ids
      },
      {
        Sid      = "WritesSiemLogGroups"
        Effect   = "Allow"
        Action   = ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
        Resource = [for group in ["OpenSearchService/domains/orchestrator-siem", "vendedlogs/OpenSearchIngestion/orchestrator-siem*"] : "${local.arn}:logs:*:${var.account_id}:log-group:/aws/${group}/*"]
      },
      {
        Sid      = "WritesSiemAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
        Resource = "${local.arn}:cloudwatch:*:${var.account_id}:alarm:orchestrator-siem-*"
      },
      {
        Sid    = "WritesDeadLetters"
        Effect = "Allow"
        Action = [
          "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
          "s3:PutBucketTagging", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
        ]
        Resource = "${local.arn}:s3:::orchestrator-siem-*"
      },
    ]

    # What Security Lake makes for a subscriber on the caller's behalf (AWS managed policy
    # AmazonSecurityLakeAdministrator).
    siem_lake = [
      {
        Sid    = "SubscribesToTheLake"
        Effect = "Allow"
        Action = [
          "securitylake:CreateSubscriber",
          "securitylake:CreateSubscriberNotification",
          "securitylake:DeleteSubscriber",
          "securitylake:DeleteSubscriberNotification",
          "securitylake:UpdateSubscriber",
          "securitylake:UpdateSubscriberNotification",
        ]
        Resource = "*"
      },
      {
        Sid    = "SubscribersAreTold"
        Effect = "Allow"
        Action = [
          "events:DeleteRule",
          "events:DescribeRule",
          "events:ListTargetsByRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
          "s3:GetBucketNotification",
          "s3:PutBucketNotification",
          "s3:PutObject",
          "sqs:AddPermission",
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:SetQueueAttributes",
        ]
        Resource = [
          "${local.arn}:events:*:${var.account_id}:rule/AmazonSecurityLake*",
          "${local.arn}:s3:::aws-security-data-lake*",
          "${local.arn}:sqs:*:${var.account_id}:AmazonSecurityLake*",
        ]
        Condition = local.by_security_lake
      },
      {
        Sid       = "SubscribersHaveRoles"
        Effect    = "Allow"
        Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"]
        Resource  = "${local.iam}:role/AmazonSecurityLake*"
        Condition = merge(local.by_security_lake, { StringEquals = { "iam:PermissionsBoundary" = "${local.arn}:iam::aws:policy/AmazonSecurityLakePermissionsBoundary" } })
      },
      {
        Sid       = "SubscribersLoseTheirRoles"
        Effect    = "Allow"
        Action    = ["iam:DeleteRole", "iam:GetRole", "iam:ListRolePolicies"]
        Resource  = "${local.iam}:role/AmazonSecurityLake*"
        Condition = local.by_security_lake
      },
    ]

    siem_source = [
      {
        Sid      = "WritesTheQueue"
        Effect   = "Allow"
        Action   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
        Resource = local.siem_queues
      },
      {
        Sid      = "LetsTheBucketTell"
        Effect   = "Allow"
        Action   = ["s3:PutBucketNotification"]
        Resource = [for purpose in ["cloudtrail", "logs"] : "${local.arn}:s3:::${var.bucket_prefix}-${purpose}"]
      },
    ]

    vpc_flow = [
      {
        Sid      = "WritesFlowLogs"
        Effect   = "Allow"
        Action   = ["ec2:CreateFlowLogs", "ec2:CreateTags", "ec2:DeleteFlowLogs", "ec2:DeleteTags"]
        Resource = "*"
      },
    ]
  }

  # Firehose hands logs over with the role it is given, and so do CloudWatch Logs and the others.
  passed_logs = {
    destination = { role = "logs", services = ["firehose", "logs"] }
    lake        = { role = "lake", services = ["lambda", "s3"] }
    siem        = { role = "siem", services = ["osis-pipelines"] }
  }
  passed_log_roles = [for purpose, passed in local.passed_logs : {
    Sid       = "Passes${title(passed.role)}Roles"
    Effect    = "Allow"
    Action    = ["iam:PassRole"]
    Resource  = "${local.iam}:role/orchestrator-${passed.role}-*"
    Condition = { StringEquals = { "iam:PassedToService" = [for service in passed.services : "${service}.amazonaws.com"] } }
  } if contains(var.logs, purpose)]

  log_policies = {
    reads = flatten([for purpose in sort(var.logs) : local.log_reads[purpose]])
    writes = concat(
      flatten([for purpose in sort(var.logs) : local.log_writes[purpose] if purpose != "siem"]),
      [for statement in [local.delivers] : statement if length(setintersection(var.logs, ["resolver_queries", "siem", "vpc_flow"])) > 0],
      local.passed_log_roles,
    )
    siem = flatten([for purpose in var.logs : local.log_writes[purpose] if purpose == "siem"]) # together they would be too long
  }
}

resource "aws_iam_policy" "logs" {
  for_each = { for kind, statements in local.log_policies : kind => statements if length(statements) > 0 }

  name        = "orchestrator-logs-${each.key}"
  description = "For the logs that are collected, and what they are searched in."
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each = { for attached, role in {
    apply-reads  = aws_iam_role.apply.name
    apply-siem   = aws_iam_role.apply.name
    apply-writes = aws_iam_role.apply.name
    plan-reads   = aws_iam_role.plan.name
  } : attached => role if length(local.log_policies[split("-", attached)[1]]) > 0 }

  policy_arn = aws_iam_policy.logs[split("-", each.key)[1]].arn
  role       = each.value
}
