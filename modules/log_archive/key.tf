resource "aws_kms_key" "this" {
  description             = "Encrypts the log archive ${var.bucket_prefix}."
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

# The name by which other accounts reach the key: an id is known only after the key is made.
resource "aws_kms_alias" "this" {
  name          = "alias/${var.bucket_prefix}"
  target_key_id = aws_kms_key.this.key_id
}

# In a key policy the resource "*" is the key itself.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: the account's own administrators administer the key
  #checkov:skip=CKV_AWS_111: every other writer is a service, held to the trail or to the organization
  #checkov:skip=CKV_AWS_356: in a key policy "*" is the key itself
  statement {
    sid = "AccountAdministers"
    # All actions: a key whose policy names nobody for one of them can never be repaired.
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }
  }

  # kms:Decrypt because the bucket has an S3 Bucket Key (CloudTrail user guide, "Configure AWS KMS
  # key policies for CloudTrail").
  statement {
    sid       = "CloudTrailEncrypts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

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
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:cloudtrail:arn"
      # Any region and trail name: the trail's shadows in other regions encrypt too.
      values = ["arn:${local.partition}:cloudtrail:*:${var.management_account_id}:trail/*"]
    }
  }

  # Of its own, because a description has no encryption context.
  statement {
    sid       = "CloudTrailDescribes"
    actions   = ["kms:DescribeKey"]
    resources = ["*"]

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
    sid       = "ConfigDelivers"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

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
    sid       = "LogsAreDelivered"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = ["*"]

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

  dynamic "statement" {
    for_each = length(var.reader_account_ids) == 0 ? [] : [var.reader_account_ids]

    content {
      sid       = "ReadersDecrypt"
      actions   = ["kms:Decrypt", "kms:DescribeKey"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = [for id in sort(statement.value) : "arn:${local.partition}:iam::${id}:root"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [var.organization_id]
      }

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.home_region}.amazonaws.com"]
      }
    }
  }
}
