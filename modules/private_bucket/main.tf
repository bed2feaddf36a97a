data "aws_partition" "current" {}

locals {
  # Written out, so that the policy can be read in the plan, before there is a bucket.
  arn       = "arn:${local.partition}:s3:::${var.name}"
  partition = data.aws_partition.current.partition
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: where access is logged is the caller's choice (log_bucket)
  #checkov:skip=CKV_AWS_21: whether versions are kept is the caller's choice (versioned)
  #checkov:skip=CKV_AWS_144: nothing here is worth a second copy in another region
  #checkov:skip=CKV_AWS_145: the key is the caller's choice (kms_key)
  #checkov:skip=CKV2_AWS_62: whoever wants to be told of new objects says so beside the bucket
  bucket              = var.name
  force_destroy       = var.force_destroy
  object_lock_enabled = var.object_lock_days > 0 ? true : null

  lifecycle {
    # A change would replace the bucket; object lock is switched on in place by its configuration.
    ignore_changes = [object_lock_enabled]
  }
}

resource "aws_s3_bucket_versioning" "this" {
  count = var.versioned ? 1 : 0

  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  count = var.object_lock_days > 0 ? 1 : 0

  bucket = aws_s3_bucket_versioning.this[0].bucket

  rule {
    default_retention {
      days = var.object_lock_days
      mode = "GOVERNANCE" # COMPLIANCE could not be undone by anybody, not even after a mistake
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = var.kms_key != null

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key == null ? null : var.kms_key.arn
      sse_algorithm     = var.kms_key == null ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count = var.ownership_controls ? 1 : 0

  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  # S3 answers 409 when two of these settings change at the same moment.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_logging" "this" {
  count = var.log_bucket == null ? 0 : 1

  bucket        = aws_s3_bucket.this.id
  target_bucket = var.log_bucket.name
  target_prefix = "${var.name}/"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  #checkov:skip=CKV_AWS_300: uploads that nobody completes end by a default of expiry, which checkov does not read
  bucket = aws_s3_bucket.this.id

  rule {
    id     = var.expiry.rule
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.expiry.uploads
    }

    expiration {
      days = var.expiry.objects
    }

    dynamic "noncurrent_version_expiration" {
      for_each = var.versioned ? [var.expiry.old_versions] : []

      content {
        noncurrent_days = noncurrent_version_expiration.value
      }
    }

    dynamic "transition" {
      for_each = var.expiry.glacier == null ? [] : [var.expiry.glacier]

      content {
        days          = transition.value
        storage_class = "GLACIER_IR"
      }
    }
  }

  dynamic "rule" {
    for_each = var.expiry.delete_markers ? ["delete-markers"] : []

    content {
      id     = rule.value
      status = "Enabled"

      filter {}

      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  # Rules about old versions want a bucket that has versions.
  depends_on = [aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = var.policy_documents

  statement {
    sid    = "TlsOnly"
    effect = "Deny"
    # Every action and everybody: what is denied has to be complete.
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]

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

  dynamic "statement" {
    for_each = length(var.readers.account_ids) == 0 ? [] : [var.readers]

    content {
      sid       = "ReadersRead"
      actions   = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
      resources = [local.arn, "${local.arn}/*"]

      principals {
        type        = "AWS"
        identifiers = [for id in sort(statement.value.account_ids) : "arn:${local.partition}:iam::${id}:root"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [statement.value.organization_id]
      }
    }
  }
}
