# Events that the target refused, with the reason; they can be read again from the source as well, and
# none is written twice. An alarm speaks when something comes in.
module "bucket" {
  count  = var.dead_letter_bucket == "" ? 1 : 0
  source = "../private_bucket"

  expiry             = { objects = var.dead_letter_days, rule = "expire" }
  kms_key            = var.kms_key_arn == "" ? null : { arn = var.kms_key_arn }
  name               = local.dead_letters
  ownership_controls = false # as S3 makes new buckets
  versioned          = false
}
