# Events that the target refused, with the reason; they can be read again from the source as well.
resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: holds copies of what the source still has
  #checkov:skip=CKV_AWS_21: nothing is written twice
  #checkov:skip=CKV_AWS_144: holds copies of what the source still has
  #checkov:skip=CKV_AWS_145: the key is the caller's choice (kms_key_arn)
  #checkov:skip=CKV2_AWS_62: an alarm speaks when something comes in
  bucket = local.dead_letters
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = var.dead_letter_days
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.dead_letters.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = var.kms_key_arn != ""

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
      sse_algorithm     = var.kms_key_arn == "" ? "AES256" : "aws:kms"
    }
  }
}

data "aws_iam_policy_document" "dead_letters" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:${local.partition}:s3:::${local.dead_letters}", "arn:${local.partition}:s3:::${local.dead_letters}/*"]

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
