# A bucket for logs with all that belongs to it, and the key.
variable "updated" {
  description = "Whether the arguments that can change in place have changed."
  type        = bool
  default     = false
}

resource "aws_kms_key" "this" {
  description             = var.updated ? "Encrypts logs." : "Encrypts the log archive."
  deletion_window_in_days = 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::200000000003:root"]
    }
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/contract-logs"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_s3_bucket" "this" {
  for_each = toset(["contract-logs", "contract-access"])

  bucket        = each.key
  force_destroy = true
  tags          = { purpose = var.updated ? "audit" : "logs" }

  lifecycle {
    ignore_changes = [object_lock_enabled]
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this["contract-logs"].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = aws_s3_bucket_versioning.this.bucket

  rule {
    default_retention {
      days = var.updated ? 14 : 7
      mode = "GOVERNANCE"
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this["contract-logs"].id

  rule {
    bucket_key_enabled = !var.updated

    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.this.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this["contract-logs"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = var.updated
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this["contract-logs"].id

  rule {
    object_ownership = var.updated ? "BucketOwnerPreferred" : "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this["contract-logs"].id
  policy = data.aws_iam_policy_document.bucket.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::contract-logs", "arn:aws:s3:::contract-logs/*"]

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

  statement {
    sid       = "OrganizationWrites"
    actions   = var.updated ? ["s3:PutObject", "s3:GetBucketAcl"] : ["s3:PutObject"]
    resources = ["arn:aws:s3:::contract-logs", "arn:aws:s3:::contract-logs/*"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceOrgID"
      values   = ["o-exampleorg1"]
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this["contract-logs"].id
  target_bucket = aws_s3_bucket.this["contract-access"].id
  target_prefix = var.updated ? "audit/" : "logs/"

  depends_on = [aws_s3_bucket_policy.access]
}

# S3 asks whether it may write there when logging is switched on.
resource "aws_s3_bucket_policy" "access" {
  bucket = aws_s3_bucket.this["contract-access"].id
  policy = data.aws_iam_policy_document.access.json
}

data "aws_iam_policy_document" "access" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::contract-access/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket_versioning.this.bucket

  rule {
    id     = "age"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = var.updated ? 800 : 400
    }

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    transition {
      days          = 90
      storage_class = "GLACIER_IR"
    }
  }

  rule {
    id     = "delete-markers"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }
  }
}
