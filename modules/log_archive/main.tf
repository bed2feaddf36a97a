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

  # What somebody overwrote or deleted stays long enough to be missed.
  expiry  = { objects = var.expire_after, delete_markers = true, old_versions = 90 }
  readers = { account_ids = var.reader_account_ids, organization_id = var.organization_id }

  policies = {
    cloudtrail = data.aws_iam_policy_document.cloudtrail.json
    config     = data.aws_iam_policy_document.config.json
    logs       = data.aws_iam_policy_document.logs.json
  }

  trail_arn = "arn:${local.partition}:cloudtrail:${var.home_region}:${var.management_account_id}:trail/${var.trail_name}"
}

# Neither bucket nor key has prevent_destroy: the archive is guarded by the gate's protected types, so
# that its owner can end it on purpose. S3 itself deletes no bucket that holds a log.
module "bucket" {
  for_each = local.archives
  source   = "../private_bucket"

  expiry           = merge(local.expiry, { glacier = var.glacier_after })
  kms_key          = { arn = module.key.arn }
  log_bucket       = { name = module.access_bucket.name }
  name             = each.value
  object_lock_days = contains(local.locked, each.key) ? var.object_lock_days : 0
  policy_documents = [local.policies[each.key]]
  readers          = local.readers
  versioned        = true
}

# Keys of S3's own: S3 writes server access logs only where the default is SSE-S3 (S3 user guide,
# "Enabling server access logging"). They are many and tiny: Glacier would bill each as 128 KB.
module "access_bucket" {
  source = "../private_bucket"

  expiry           = local.expiry
  name             = local.buckets["access"]
  policy_documents = [data.aws_iam_policy_document.access.json]
  readers          = local.readers
  versioned        = true
}
