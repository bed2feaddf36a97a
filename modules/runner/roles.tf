# Made with the entry role, as the runner role is: whoever writes these decides what runs as the
# orchestrator.
resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = each.value
  description          = local.purposes[each.key]
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = each.key == "workers" ? 12 * 3600 : 3600
}

resource "aws_iam_role_policy" "this" {
  for_each = local.permissions

  name   = "run"
  role   = aws_iam_role.this[each.key].name
  policy = each.value
}

locals {
  purposes = {
    launch  = "Lets EventBridge start tasks of the orchestrator."
    start   = "Lets ECS fetch the orchestrator's image and write its logs."
    states  = "Lets Step Functions hand out the stacks of a run."
    workers = "Lets a worker take stacks from the queue and become the runner."
  }
  trusted = {
    launch  = ["events.amazonaws.com", "scheduler.amazonaws.com"]
    start   = ["ecs-tasks.amazonaws.com"]
    states  = ["states.amazonaws.com"]
    workers = [local.fargate ? "ecs-tasks.amazonaws.com" : "codebuild.amazonaws.com"]
  }
  permissions = {
    launch  = data.aws_iam_policy_document.launch.json
    start   = data.aws_iam_policy_document.start.json
    states  = data.aws_iam_policy_document.states.json
    workers = data.aws_iam_policy_document.workers.json
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trusted

  statement {
    sid     = "TheService"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = each.value
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "workers" {
  #checkov:skip=CKV_AWS_111: answers go by a token; everything else is held to a resource
  #checkov:skip=CKV_AWS_356: answers go by a token; everything else is held to a resource
  statement {
    sid       = "BecomesTheRunner"
    actions   = ["sts:AssumeRole"]
    resources = [local.runner_arn]
  }

  statement {
    sid       = "TakesItems"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "ReadsItems"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${var.region}.amazonaws.com"]
    }
  }

  # Answers go by the token that came with the item, which nobody can guess. The actions know no
  # resource (Service Authorization Reference, AWS Step Functions).
  statement {
    sid       = "AnswersItems"
    actions   = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(local.drift_topics) == 0 ? [] : [local.drift_topics]

    content {
      sid       = "TellsOfDrift"
      actions   = ["sns:Publish"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = local.fargate ? [] : [local.log_group_arns.workers]

    content {
      sid       = "Logs"
      actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      resources = ["${statement.value}:*"]
    }
  }

  dynamic "statement" {
    for_each = local.fargate ? [] : [local.repository_arn]

    content {
      sid       = "FetchesTheImage"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.fargate ? [] : ["*"]

    content {
      sid       = "EntersTheRegistry"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = [statement.value] # a token is for the whole registry; the action knows no resource
    }
  }
}

locals {
  drift_topics = sort([for target in var.drift_notify : trimprefix(target, "sns:") if startswith(target, "sns:")])
}

data "aws_iam_policy_document" "start" {
  statement {
    sid       = "EntersTheRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # a token is for the whole registry; the action knows no resource
  }

  statement {
    sid       = "FetchesTheImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [local.repository_arn]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arns.workers}:*"]
  }
}

data "aws_iam_policy_document" "states" {
  #checkov:skip=CKV_AWS_111: the delivery of logs knows no resource; everything else is held to one
  #checkov:skip=CKV_AWS_356: the delivery of logs knows no resource; everything else is held to one
  statement {
    sid       = "HandsOutItems"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "EncryptsItems"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "ReadsLists"
    actions   = ["s3:GetObject"]
    resources = ["${local.runs_arn}/*/items/*"]
  }

  statement {
    sid       = "WritesResults"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${local.runs_arn}/*/map/*"]
  }

  statement {
    sid       = "UsesTheStateKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }

  # The items of a distributed map are executions of their own (Step Functions developer guide,
  # "IAM policies for using Distributed Map states").
  statement {
    sid       = "StartsItems"
    actions   = ["states:StartExecution"]
    resources = [local.machine_arn]
  }

  statement {
    sid       = "FollowsItems"
    actions   = ["states:DescribeExecution", "states:StopExecution"]
    resources = ["${local.execution_arn}/*", "${local.execution_arn}:*"]
  }

  statement {
    sid = "DeliversLogs"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    # These know no resource (Step Functions developer guide, "Logging in CloudWatch Logs").
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.tracing ? ["*"] : []

    content {
      sid       = "Traces"
      actions   = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = [statement.value] # X-Ray's actions know no resource
    }
  }

  dynamic "statement" {
    for_each = var.workers > 0 ? [local.start_statements] : []

    content {
      sid       = "StartsWorkers"
      actions   = [statement.value.action]
      resources = [statement.value.resource]
    }
  }

  dynamic "statement" {
    for_each = var.workers > 0 && local.fargate ? [[local.role_arns.start, local.role_arns.workers]] : []

    content {
      sid       = "PassesTheirRoles"
      actions   = ["iam:PassRole"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com"]
      }
    }
  }
}

locals {
  start_statements = local.fargate ? {
    action   = "ecs:RunTask"
    resource = "arn:${local.partition}:ecs:${local.here}:task-definition/${var.name}:*"
    } : {
    action   = "codebuild:StartBuild"
    resource = "arn:${local.partition}:codebuild:${local.here}:project/${var.name}"
  }
}

data "aws_iam_policy_document" "launch" {
  statement {
    sid       = "StartsTasks"
    actions   = [local.start_statements.action]
    resources = [local.start_statements.resource]
  }

  dynamic "statement" {
    for_each = local.fargate ? [[local.role_arns.start, local.role_arns.workers]] : []

    content {
      sid       = "PassesTheirRoles"
      actions   = ["iam:PassRole"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com"]
      }
    }
  }

  statement {
    sid       = "KeepsWhatItMissed"
    actions   = ["sqs:SendMessage"]
    resources = ["${local.queue_arn}-missed"]
  }

  statement {
    sid       = "ReadsItsSchedule"
    actions   = ["kms:Decrypt"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["scheduler.${var.region}.amazonaws.com"]
    }
  }
}
