data "aws_partition" "current" {}

locals {
  rule_arns = "arn:${data.aws_partition.current.partition}:events:*:${var.account_id}:rule/orchestrator-drift*"
}

resource "aws_iam_role" "this" {
  name                 = "orchestrator-events-drift" # the apply role makes no role of another name
  description          = "Lets EventBridge tell the security account of changes made by hand."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = "forward"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheRules"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    # One role for the rules of every region.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [local.rule_arns]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid       = "ForwardsChanges"
    actions   = ["events:PutEvents"]
    resources = [var.bus_arn]
  }
}
