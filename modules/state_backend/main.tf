data "aws_partition" "current" {}

locals {
  bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
}

resource "aws_kms_key" "this" {
  description             = "Encrypts the Terraform states in ${var.bucket}."
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json

  lifecycle {
    # Without the key every state is lost, and with the states the knowledge of what is managed.
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.bucket}"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: access is recorded by CloudTrail; the log archive does not exist yet when this bucket is made
  #checkov:skip=CKV_AWS_144: a copy in another region would have to be switched to by hand; versions protect against mistakes
  #checkov:skip=CKV2_AWS_61: every version of a state is kept on purpose; they are small
  #checkov:skip=CKV2_AWS_62: nothing listens to changes of a state
  bucket = var.bucket

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = var.keep_plans ? 1 : 0

  bucket = aws_s3_bucket.this.id

  rule {
    id     = "plans"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      days = 30
    }

    # Plans may hold secret values: what was carried out and removed is not to be had much longer.
    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  # Rules about old versions want a bucket that has versions.
  depends_on = [aws_s3_bucket_versioning.this]
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

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
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
