# Results are copies of what the lake has, and hold what people did: encrypted, and gone after some
# days. None is written twice.
module "bucket" {
  source = "../private_bucket"

  expiry        = { objects = var.keep_days, rule = "expire", uploads = 1 }
  force_destroy = true
  kms_key       = { arn = module.key.arn }
  name          = local.bucket
  versioned     = false
}

module "key" {
  source = "../kms_key"

  account_id    = var.account_id
  deletion_days = 7
  description   = "Encrypts the results of questions to Security Lake."
  name          = var.name
}
