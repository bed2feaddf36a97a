# Results are copies of what the lake has, and hold what people did: encrypted, and gone after some days.
resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: holds copies of what the lake has; CloudTrail records who changes the bucket
  #checkov:skip=CKV_AWS_21: no result is written twice
  #checkov:skip=CKV_AWS_144: holds copies of what the lake has
  #checkov:skip=CKV2_AWS_62: who asks waits for the answer, nobody else
  bucket        = local.bucket
  force_destroy = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      days = var.keep_days
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.bucket.json

  # S3 answers 409 when two of these settings change at the same moment.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.this.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "Encrypts the results of questions to Security Lake."
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid    = "TlsOnly"
    effect = "Deny"
    # Every action and everybody: what is denied has to be complete.
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

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

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: the account's own administrators administer the key
  #checkov:skip=CKV_AWS_111: the account's own administrators administer the key
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
}
