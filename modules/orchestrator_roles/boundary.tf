# What a role that a stack makes may do at most, whatever its policies come to allow. It is made
# with the entry role, and the apply role can neither change it nor make a role without it.
locals {
  boundary = "orchestrator-boundary"

  own_policies = concat(
    ["${local.iam}:policy/${local.boundary}*", "${local.iam}:policy/orchestrator-router-*", "${local.iam}:policy/orchestrator-stacks-*"],
    local.listens ? ["${local.iam}:policy/orchestrator-drift-*"] : [],
    local.collects ? ["${local.iam}:policy/orchestrator-logs-*"] : [],
  )
  stack_policies = local.remediates ? ["${local.iam}:policy/${var.remediation_role}-*"] : []

  # The only policies that a remediation attaches to a role.
  bound_policies = [for name in ["AWSSupportAccess", "AmazonSSMManagedInstanceCore"] : "${local.arn}:iam::aws:policy/${name}"]

  # To whom remediations hand roles that resources have already, and runbooks theirs.
  bound_receivers = ["cloudtrail", "ec2", "ecs-tasks", "monitoring.rds", "sns", "ssm", "vpc-flow-logs"]

  # What is the orchestrator's own, and no remediation's business.
  bound_own = concat(
    [for name in compact(["orchestrator-", var.bucket_prefix == "" ? "" : "${var.bucket_prefix}-"]) : "${local.arn}:s3:::${name}*"],
    [for own in [
      "dynamodb:*:*:table/orchestrator-*", "lambda:*:*:function:orchestrator-*",
      "secretsmanager:*:*:secret:orchestrator*", "sns:*:*:orchestrator-*",
      "sqs:*:*:orchestrator-*", "ssm:*:*:parameter/orchestrator/*",
    ] : "${local.arn}:${own}"],
  )

  bound_own_roles = distinct([for arn in concat(values(local.role_arns), local.starting_roles, local.stack_roles) :
    startswith(arn, "${local.iam}:role/orchestrator-") ? "${local.iam}:role/orchestrator-*" : arn if startswith(arn, local.iam)
  ])

  # The function's own store, and nobody else's; and the logs that are delivered or read.
  bound_data = concat(local.log_data, [
    "${local.arn}:dynamodb:*:${var.account_id}:table/orchestrator-*",
    "${local.arn}:s3:::orchestrator-*-${var.account_id}/*",
    "${local.arn}:sqs:*:${var.account_id}:orchestrator-*",
  ])

  # For all roles of stacks but the remediation role, which has one of its own.
  boundary_statements = concat(
    [
      {
        Sid      = "DoesWhatItsStacksNeed"
        Effect   = "Allow"
        Action   = distinct(local.bound_actions)
        Resource = "*"
      },
      local.never_takes_data,
    ],
    [for role in [var.remediation_role] : {
      Sid      = "EntersAccounts"
      Effect   = "Allow"
      Action   = ["sts:AssumeRole"]
      Resource = [for suffix in ["", "-2"] : "${local.arn}:iam::*:role/${role}${suffix}"]
    } if local.router],
    # Firehose and pipelines decrypt what lies in S3, or waits in SQS, and nothing else.
    [for everything in ["*"] : {
      Sid       = "DecryptsLogsOnly"
      Effect    = "Deny"
      Action    = ["kms:Decrypt"]
      Resource  = everything
      Condition = { StringNotLike = { "kms:ViaService" = ["s3.*.amazonaws.com", "sqs.*.amazonaws.com"] } }
    } if local.delivers_logs && !local.router],
  )

  never_takes_data = {
    Sid         = "NeverTakesData"
    Effect      = "Deny"
    Action      = ["dynamodb:*Item", "dynamodb:Query", "s3:GetObject*", "s3:PutObject*", "sqs:ReceiveMessage"]
    NotResource = local.bound_data
  }

  # One for each remediation role: what it does, and what none of them may.
  remediation_boundary_statements = [for actions in [local.bound_remediations, local.bound_remediations_2] : concat([
    {
      Sid      = "Remediates"
      Effect   = "Allow"
      Action   = actions
      Resource = "*"
    },
  ], local.remediation_bounds)]

  remediation_bounds = [
    {
      Sid       = "HandsRolesOn"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = "*"
      Condition = { StringEquals = { "iam:PassedToService" = [for service in local.bound_receivers : "${service}.amazonaws.com"] } }
    },
    {
      Sid       = "Attaches"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = "*"
      Condition = { ArnEquals = { "iam:PolicyARN" = local.bound_policies } }
    },
    {
      Sid      = "NothingOfOurs"
      Effect   = "Deny"
      Action   = ["dynamodb:Up*", "iam:*ch*", "iam:PassRole", "iam:Tag*", "iam:Untag*", "lambda:*Per*", "lambda:I*", "s3:Del*", "s3:Put*", "secretsmanager:*", "sns:S*", "sqs:S*", "ssm:Del*", "ssm:Put*"]
      Resource = concat(local.bound_own, local.bound_own_roles)
    },
    {
      Sid      = "ReadsNoObjects"
      Effect   = "Deny"
      Action   = ["s3:GetObject*"]
      Resource = "*"
    },
    {
      Sid       = "NoTemplates"
      Effect    = "Deny"
      Action    = ["cloudformation:UpdateStack"]
      Resource  = "*"
      Condition = { Null = { "cloudformation:TemplateUrl" = "false" } }
    },
    {
      Sid       = "NoOtherTasks"
      Effect    = "Deny"
      Action    = ["ecs:UpdateService"]
      Resource  = "*"
      Condition = { Null = { "ecs:task-definition" = "false" } }
    },
  ]
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

resource "aws_iam_policy" "remediation_boundary" {
  #checkov:skip=CKV_AWS_287: a boundary gives no rights
  #checkov:skip=CKV_AWS_288: a boundary gives no rights
  #checkov:skip=CKV_AWS_289: a boundary gives no rights
  #checkov:skip=CKV_AWS_290: a boundary gives no rights
  #checkov:skip=CKV_AWS_355: a boundary gives no rights
  count = local.remediates ? 1 : 0

  name        = "${local.boundary}-remediation"
  description = "What the remediation role may do at most."
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.remediation_boundary_statements[0] })
}

resource "aws_iam_policy" "remediation_boundary_2" {
  #checkov:skip=CKV_AWS_287: a boundary gives no rights
  #checkov:skip=CKV_AWS_288: a boundary gives no rights
  #checkov:skip=CKV_AWS_289: a boundary gives no rights
  #checkov:skip=CKV_AWS_290: a boundary gives no rights
  #checkov:skip=CKV_AWS_355: a boundary gives no rights
  count = local.remediates ? 1 : 0

  name        = "${local.boundary}-remediation-2"
  description = "What the second remediation role may do at most."
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.remediation_boundary_statements[1] })
}
