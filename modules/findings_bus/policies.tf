data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheRule"
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

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.rule_arn]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid       = "ForwardsFindings"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]
  }
}
