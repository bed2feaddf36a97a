# Source: CloudTrail user guide, "Creating a trail for an organization with the AWS CLI".
data "aws_iam_policy_document" "cloudtrail" {
  statement {
    sid       = "CloudTrailChecks"
    actions   = ["s3:GetBucketAcl"]
    resources = [local.arns["cloudtrail"]]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }

  statement {
    sid     = "CloudTrailWrites"
    actions = ["s3:PutObject"]
    # The management account's own path is asked for even though members write below the other.
    resources = [
      "${local.arns["cloudtrail"]}/AWSLogs/${var.management_account_id}/*",
      "${local.arns["cloudtrail"]}/AWSLogs/${var.organization_id}/*",
    ]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

# Source: AWS Config developer guide, "Permissions for the Amazon S3 bucket for the AWS Config
# delivery channel".
data "aws_iam_policy_document" "config" {
  statement {
    sid       = "ConfigChecks"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [local.arns["config"]]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    # If AWS says for whom: the documented examples name accounts, which are too many to list.
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:SourceOrgID"
      values   = [var.organization_id]
    }
  }

  statement {
    sid     = "ConfigWrites"
    actions = ["s3:PutObject"]
    # Any account: the condition keeps to those of the organization.
    resources = ["${local.arns["config"]}/AWSLogs/*/Config/*"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceOrgID"
      values   = [var.organization_id]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

# Source: CloudWatch Logs user guide, "Logs sent to Amazon S3".
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "DeliveryChecks"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [local.arns["logs"]]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    # If AWS says for whom, as above.
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:SourceOrgID"
      values   = [var.organization_id]
    }
  }

  statement {
    sid     = "DeliveryWrites"
    actions = ["s3:PutObject"]
    # Any path: each kind of log has its own, and some take a prefix before AWSLogs.
    resources = ["${local.arns["logs"]}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceOrgID"
      values   = [var.organization_id]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

# Source: S3 user guide, "Enabling Amazon S3 server access logging".
data "aws_iam_policy_document" "access" {
  statement {
    sid       = "ServerAccessLogs"
    actions   = ["s3:PutObject"]
    resources = [for name in values(local.archives) : "${local.arns["access"]}/${name}/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for purpose in keys(local.archives) : local.arns[purpose]]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}
