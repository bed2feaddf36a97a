resource "aws_s3_account_public_access_block" "this" {
  count = var.s3_public_access_block ? 1 : 0

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_iam_account_password_policy" "this" {
  allow_users_to_change_password = true
  hard_expiry                    = false # an expired password can still be changed by its user
  # The provider leaves a 0 out of the request, which is how IAM is told "never" and "none"; a null
  # would keep the number that was there before.
  max_password_age             = var.password_policy.maximum_age
  minimum_password_length      = var.password_policy.minimum_length
  password_reuse_prevention    = var.password_policy.reuse_prevention
  require_lowercase_characters = true
  require_numbers              = true
  require_symbols              = true
  require_uppercase_characters = true
}

resource "aws_iam_service_linked_role" "config" {
  count = var.config_service_linked_role ? 1 : 0

  aws_service_name = "config.amazonaws.com"
  description      = "Lets AWS Config record the account's resources."

  lifecycle {
    # One that a service has made is taken over with the words of the service.
    ignore_changes = [description]
  }
}
