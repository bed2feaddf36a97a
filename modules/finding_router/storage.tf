# What was done, and what is going on: records, budgets, breakers, digests.
resource "aws_dynamodb_table" "this" {
  name                        = var.store
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  hash_key                    = "pk"
  range_key                   = "sk"

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = module.key.arn
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
}

# Resources as they were before a fix, without which nothing can be taken back. A function gone wrong
# can write over a state, but not take it away.
module "bucket" {
  source = "../private_bucket"

  expiry     = { objects = var.keep_days }
  kms_key    = { arn = module.key.arn }
  log_bucket = var.access_log_bucket == "" ? null : { name = var.access_log_bucket }
  name       = local.bucket
  versioned  = true
}
