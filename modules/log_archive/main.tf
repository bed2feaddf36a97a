data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  buckets = { for purpose in ["access", "cloudtrail", "config", "logs"] : purpose => "${var.bucket_prefix}-${purpose}" }
  arns    = { for purpose, name in local.buckets : purpose => "arn:${local.partition}:s3:::${name}" }

  # The buckets whose own requests are logged, into the one that is left.
  archives = { for purpose, name in local.buckets : purpose => name if purpose != "access" }

  # AWS Config does not deliver to a bucket with object lock (CloudFormation reference,
  # AWS::Config::DeliveryChannel), and S3 writes no server access logs to one (S3 user guide,
  # "Enabling server access logging").
  locked = var.object_lock_days > 0 ? toset(["cloudtrail", "logs"]) : toset([])

  trail_arn = "arn:${local.partition}:cloudtrail:${var.home_region}:${var.management_account_id}:trail/${var.trail_name}"
}

# No prevent_destroy on buckets and key: the archive is guarded by the gate's protected types, so
# that its owner can end it on purpose. S3 itself deletes no bucket that holds a log.
resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18: the bucket for access logs cannot log to itself, the others log to it
  #checkov:skip=CKV_AWS_144: logs are kept once; object lock protects them where it is asked for
  #checkov:skip=CKV2_AWS_62: readers poll or subscribe in the accounts that use the logs
  for_each = local.buckets

  bucket              = each.value
  object_lock_enabled = contains(local.locked, each.key) ? true : null

  lifecycle {
    # A change would replace the bucket; object lock is switched on in place by its configuration.
    ignore_changes = [object_lock_enabled]
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = local.locked

  bucket = aws_s3_bucket_versioning.this[each.key].bucket

  rule {
    default_retention {
      days = var.object_lock_days
      mode = "GOVERNANCE" # COMPLIANCE could not be undone by anybody, not even after a mistake
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    bucket_key_enabled = each.key != "access"

    # S3 writes server access logs only where the default is SSE-S3 (S3 user guide, "Enabling
    # server access logging").
    apply_server_side_encryption_by_default {
      kms_master_key_id = each.key == "access" ? null : aws_kms_key.this.arn
      sse_algorithm     = each.key == "access" ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  # S3 answers 409 when two of these settings change at the same moment.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each = local.archives

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["access"].id
  target_prefix = "${each.value}/"

  # Whether S3 may write there is asked when logging is switched on.
  depends_on = [aws_s3_bucket_policy.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    id     = "age"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days = var.expire_after
    }

    # What somebody overwrote or deleted stays long enough to be missed.
    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    # Access logs are many and tiny: Glacier would bill each as 128 KB.
    dynamic "transition" {
      for_each = each.key == "access" ? [] : ["GLACIER_IR"]

      content {
        days          = var.glacier_after
        storage_class = transition.value
      }
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

  # Rules about old versions want a bucket that has versions.
  depends_on = [aws_s3_bucket_versioning.this]
}
