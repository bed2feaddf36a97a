# Who may send logs here. Source: CloudWatch Logs user guide, "Cross-account cross-Region
# account-level subscriptions".
data "aws_iam_policy_document" "destination" {
  statement {
    sid       = "OrganizationForwardsLogs"
    actions   = ["logs:PutAccountPolicy", "logs:PutSubscriptionFilter"]
    resources = [local.destination_arn]

    # Anybody, as far as the condition goes: there is no principal for "an organization".
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organization_id]
    }
  }
}

data "aws_iam_policy_document" "logs_trust" {
  statement {
    sid     = "LogsOfTheOrganization"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["logs.amazonaws.com"]
    }

    # On behalf of the account that sends, and of this one for the test message; if AWS says for
    # whom: the documented example names regions and accounts by aws:SourceArn alone.
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:SourceOrgID"
      values   = [var.organization_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${var.region}:*:*"]
    }
  }
}

data "aws_iam_policy_document" "hand_over" {
  statement {
    sid       = "HandsLogsOver"
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [local.stream_arn]
  }
}

data "aws_iam_policy_document" "firehose_trust" {
  statement {
    sid     = "TheStream"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.stream_arn]
    }
  }
}

# Source: Data Firehose developer guide, "Grant Firehose access to an Amazon S3 destination",
# without what reads objects: Firehose writes new ones only.
data "aws_iam_policy_document" "delivery" {
  statement {
    sid       = "FindsTheBucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "WritesLogs"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${var.bucket_arn}/${var.prefix}/region=${var.region}/*", "${var.bucket_arn}/${var.prefix}-failed/region=${var.region}/*"]
  }

  # Decrypt because large objects are uploaded in parts.
  statement {
    sid       = "Encrypts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${split(":", var.kms_key_arn)[3]}.amazonaws.com"]
    }
  }

  statement {
    sid       = "SaysWhatWentWrong"
    actions   = ["logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:log-stream:${local.log_stream}"]
  }
}
