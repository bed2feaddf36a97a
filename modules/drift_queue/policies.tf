data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "OrganizationPutsCalls"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    # Anybody, as far as the conditions go: EventBridge has no principal for "an organization".
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organization_id]
    }

    condition {
      test     = "StringEquals"
      variable = "events:detail-type"
      values   = ["AWS API Call via CloudTrail"]
    }

    # Only AWS's own services can say so: PutEvents refuses such a source to everybody else.
    condition {
      test     = "StringLike"
      variable = "events:source"
      values   = ["aws.*"]
    }
  }
}

data "aws_iam_policy_document" "queue" {
  for_each = local.queue_arns

  statement {
    sid       = "TheRule"
    actions   = ["sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.rule_arn]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:ReceiveMessage", "sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
