# What a role that a stack makes may do at most, whatever its policies come to allow. It is made
# with the entry role, and the apply role can neither change it nor make a role without it.
locals {
  boundary = "orchestrator-boundary"

  own_policies = concat(
    ["${local.iam}:policy/${local.boundary}", "${local.iam}:policy/orchestrator-router-*", "${local.iam}:policy/orchestrator-stacks-*"],
    local.listens ? ["${local.iam}:policy/orchestrator-drift-*"] : [],
    local.collects ? ["${local.iam}:policy/orchestrator-logs-*"] : [],
  )
  stack_policies = local.remediates ? ["${local.iam}:policy/${var.remediation_role}-*"] : []

  # The only policies that a remediation attaches to a role.
  bound_policies = [for name in ["AWSSupportAccess", "AmazonSSMManagedInstanceCore"] : "${local.arn}:iam::aws:policy/${name}"]

  # Services whose resources are remediated, and those that functions and deliveries work with.
  bound_services = concat(local.log_services, [
    "access-analyzer", "apigateway", "application-autoscaling", "athena", "autoscaling", "cloudformation",
    "cloudfront", "cloudtrail", "cloudwatch", "codebuild", "config", "dms", "dynamodb", "ec2", "ecr", "ecs", "eks",
    "elasticache", "elasticloadbalancing", "elasticmapreduce", "es", "events", "guardduty", "inspector2", "kinesis",
    "kms", "lambda", "logs", "macie2", "mq", "network-firewall", "rds", "redshift", "route53", "s3", "secretsmanager",
    "securityhub", "sns", "sqs", "ssm", "states", "tag", "xray",
  ])

  # The function's own store, and nobody else's; and the logs that are delivered or read.
  bound_data = concat(local.log_data, [
    "${local.arn}:dynamodb:*:${var.account_id}:table/orchestrator-*",
    "${local.arn}:s3:::orchestrator-*-${var.account_id}/*",
    "${local.arn}:sqs:*:${var.account_id}:orchestrator-*",
  ])

  boundary_statements = concat(
    [
      {
        Sid      = "WorksOnResources"
        Effect   = "Allow"
        Action   = [for service in local.bound_services : "${service}:*"]
        Resource = "*"
      },
      {
        Sid    = "ReadsAndFixesIam"
        Effect = "Allow"
        # None that gives somebody rights: no user, key, policy or trust is made or widened.
        Action = [
          "account:*AlternateContact",
          "iam:CreateServiceLinkedRole",
          "iam:DeleteAccountPasswordPolicy",
          "iam:DeleteLoginProfile",
          "iam:Get*",
          "iam:List*",
          "iam:PassRole",
          "iam:UpdateAccessKey",
          "iam:UpdateAccountPasswordPolicy",
          "organizations:Describe*",
          "organizations:List*",
        ]
        Resource = "*"
      },
      {
        Sid       = "AttachesPoliciesOfAws"
        Effect    = "Allow"
        Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
        Resource  = "*"
        Condition = { ArnEquals = { "iam:PolicyARN" = local.bound_policies } }
      },
      {
        Sid    = "NeverUsesTheOrchestrator"
        Effect = "Deny"
        Action = ["iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PassRole"]
        # Lambda, AWS Config and EventBridge are handed theirs by the apply role.
        Resource = concat(values(local.role_arns), local.starting_roles, local.stack_roles)
      },
      {
        Sid    = "NeverTakesData"
        Effect = "Deny"
        Action = [
          "dynamodb:*Item",
          "dynamodb:PartiQL*",
          "dynamodb:Query",
          "dynamodb:Scan",
          "s3:DeleteObject*",
          "s3:GetObject*",
          "s3:PutObject*",
          "sqs:ReceiveMessage",
        ]
        NotResource = local.bound_data
      },
      {
        Sid    = "NeverRunsCode"
        Effect = "Deny"
        Action = [
          "cloudformation:CreateStack",
          "codebuild:StartBuild*",
          "ec2:RunInstances",
          "ecs:ExecuteCommand",
          "ecs:RunTask",
          "ecs:StartTask",
          "lambda:CreateFunction",
          "lambda:UpdateFunctionCode",
          "ssm:SendCommand",
          "ssm:StartSession",
        ]
        Resource = "*"
      },
    ],
    [for role in [var.remediation_role] : {
      Sid      = "EntersAccounts"
      Effect   = "Allow"
      Action   = ["sts:AssumeRole"]
      Resource = "${local.arn}:iam::*:role/${role}"
    } if local.router],
    [for everything in ["*"] : {
      Sid      = "NeverTakesSecrets"
      Effect   = "Deny"
      Action   = concat(local.delivers_logs ? [] : ["kms:Decrypt"], ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"])
      Resource = everything
    } if !local.router],
    # Firehose and pipelines decrypt what lies in S3, or waits in SQS, and nothing else.
    [for everything in ["*"] : {
      Sid       = "DecryptsLogsOnly"
      Effect    = "Deny"
      Action    = ["kms:Decrypt"]
      Resource  = everything
      Condition = { StringNotLike = { "kms:ViaService" = ["s3.*.amazonaws.com", "sqs.*.amazonaws.com"] } }
    } if local.delivers_logs && !local.router],
  )
}

resource "aws_iam_policy" "boundary" {
  #checkov:skip=CKV_AWS_287: a boundary gives no rights
  #checkov:skip=CKV_AWS_288: a boundary gives no rights
  #checkov:skip=CKV_AWS_289: a boundary gives no rights
  #checkov:skip=CKV_AWS_290: a boundary gives no rights
  #checkov:skip=CKV_AWS_355: a boundary gives no rights
  name        = local.boundary
  description = "What roles made by the orchestrator's stacks may do at most."
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}
