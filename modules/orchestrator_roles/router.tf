# The function that findings go to, with all it needs: modules/finding_router and
# modules/team_notifications, in the security account. Every name of theirs begins alike.
locals {
  router_arns = {
    alarms    = "${local.arn}:cloudwatch:*:${var.account_id}:alarm:orchestrator-findings-*"
    buckets   = "${local.arn}:s3:::orchestrator-remediation-*"
    function  = "${local.arn}:lambda:*:${var.account_id}:function:orchestrator-findings"
    keys      = "${local.arn}:kms:*:${var.account_id}:key/*" # a key's id is not ours to choose
    logs      = "${local.arn}:logs:*:${var.account_id}:log-group:/aws/lambda/orchestrator-findings*"
    mappings  = "${local.arn}:lambda:*:${var.account_id}:event-source-mapping:*" # nor is a mapping's
    parameter = "${local.arn}:ssm:*:${var.account_id}:parameter/orchestrator/*"
    queues    = "${local.arn}:sqs:*:${var.account_id}:orchestrator-findings*"
    tables    = "${local.arn}:dynamodb:*:${var.account_id}:table/orchestrator-remediation"
    topics    = "${local.arn}:sns:*:${var.account_id}:orchestrator-team-*"
  }

  router_reads = [
    {
      Sid    = "RouterReads"
      Effect = "Allow"
      Action = [
        "cloudwatch:ListTagsForResource",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
        "lambda:GetEventSourceMapping",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionConfiguration",
        "lambda:GetPolicy",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
        "logs:ListTagsForResource",
        "s3:GetAccelerateConfiguration",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:ListTagsForResource",
      ]
      Resource = values(local.router_arns)
    },
    {
      Sid    = "RouterLists"
      Effect = "Allow"
      Action = [
        "chatbot:DescribeSlackChannelConfigurations",
        "chatbot:GetMicrosoftTeamsChannelConfiguration",
        "chatbot:ListMicrosoftTeamsChannelConfigurations",
        "chatbot:ListTagsForResource",
        "cloudwatch:DescribeAlarms",
        "kms:ListAliases",
        "lambda:ListEventSourceMappings",
        "logs:DescribeLogGroups",
        "sns:GetSubscriptionAttributes", # a subscription is not a resource to IAM
        "ssm:DescribeParameters",
      ]
      Resource = "*"
    },
  ]

  router_writes = [
    {
      Sid    = "RouterWrites"
      Effect = "Allow"
      Action = [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
        "lambda:AddPermission",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketLogging",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:UntagResource",
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:PutParameter",
        "ssm:RemoveTagsFromResource",
      ]
      Resource = [for what, arn in local.router_arns : arn if what != "keys"]
    },
    {
      Sid    = "RouterMapsQueues"
      Effect = "Allow"
      Action = [
        "lambda:CreateEventSourceMapping",
        "lambda:DeleteEventSourceMapping",
        "lambda:UpdateEventSourceMapping",
      ]
      Resource  = "*" # a mapping has no name before it is made
      Condition = { ArnLike = { "lambda:FunctionArn" = local.router_arns.function } }
    },
    {
      Sid    = "RouterMakesKeysAndChannels"
      Effect = "Allow"
      Action = [
        "chatbot:CreateMicrosoftTeamsChannelConfiguration",
        "chatbot:CreateSlackChannelConfiguration",
        "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
        "chatbot:DeleteSlackChannelConfiguration",
        "chatbot:TagResource",
        "chatbot:UntagResource",
        "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
        "chatbot:UpdateSlackChannelConfiguration",
        "kms:CreateKey",
        "sns:Unsubscribe", # a subscription is not a resource to IAM
      ]
      Resource = "*"
    },
    {
      Sid    = "RouterWritesKeys"
      Effect = "Allow"
      Action = [
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ]
      Resource = ["${local.arn}:kms:*:${var.account_id}:alias/orchestrator-*", local.router_arns.keys]
    },
    # Who makes a table with a key hands the key on to it (DynamoDB developer guide, "DynamoDB
    # encryption at rest: usage notes").
    {
      Sid       = "RouterLendsKeys"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      Resource  = local.router_arns.keys
      Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.amazonaws.com" } }
    },
  ]
}
