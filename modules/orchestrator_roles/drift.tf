# Changes made by hand, told as they happen: modules/drift_events and modules/drift_events_role in an
# account, modules/drift_queue in the security account.
locals {
  # The security stack may make roles of such names anyway.
  forwards  = var.drift_events && !contains(var.stacks, "security")
  forwarder = "${local.iam}:role/orchestrator-events-drift"
  listens   = var.drift_events && contains(var.stacks, "security")

  drift_arns = {
    alarms = "${local.arn}:cloudwatch:*:${var.account_id}:alarm:orchestrator-drift-events-*"
    queues = "${local.arn}:sqs:*:${var.account_id}:orchestrator-drift-events*"
  }

  drift_policies = {
    reads = [
      {
        Sid      = "DriftReads"
        Effect   = "Allow"
        Action   = ["cloudwatch:ListTagsForResource", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
        Resource = values(local.drift_arns)
      },
      {
        Sid      = "DriftListsAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = "*"
      },
    ]
    writes = [
      {
        Sid    = "DriftWrites"
        Effect = "Allow"
        Action = [
          "cloudwatch:DeleteAlarms",
          "cloudwatch:PutMetricAlarm",
          "cloudwatch:TagResource",
          "cloudwatch:UntagResource",
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:SetQueueAttributes",
          "sqs:TagQueue",
          "sqs:UntagQueue",
        ]
        Resource = values(local.drift_arns)
      },
    ]
  }
}

# Beside the inline policies, which have no room for them.
resource "aws_iam_policy" "drift" {
  for_each = { for kind, statements in local.drift_policies : kind => statements if local.listens }

  name        = "orchestrator-drift-${each.key}"
  description = "For the queue of changes made by hand."
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "drift" {
  for_each = { for attached, role in {
    apply-reads  = aws_iam_role.apply.name
    apply-writes = aws_iam_role.apply.name
    plan-reads   = aws_iam_role.plan.name
  } : attached => role if local.listens }

  policy_arn = aws_iam_policy.drift[split("-", each.key)[1]].arn
  role       = each.value
}
