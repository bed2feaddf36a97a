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
