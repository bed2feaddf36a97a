mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id = "200000000001"
  bucket     = "example-terraform-state-200000000001"
}

run "keeps_every_version_encrypted_and_closed" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "An overwritten state must be recoverable."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "States must be encrypted with the key of their own."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "Without a bucket key every read of a state is a KMS request."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket must be closed to the public in all four ways."
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key must rotate, and leave the longest time to regret its deletion."
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/example-terraform-state-200000000001"
    error_message = "The alias must be called after the bucket."
  }
}

run "lets_stored_plans_expire_and_nothing_else" {
  command = plan

  variables {
    keep_plans = true
  }

  assert {
    condition = [for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule : {
      status     = rule.status
      prefix     = one(rule.filter).prefix
      days       = one(rule.expiration).days
      noncurrent = one(rule.noncurrent_version_expiration).noncurrent_days
    }] == [{ status = "Enabled", prefix = "plans/", days = 30, noncurrent = 1 }]
    error_message = "Plans must expire after 30 days, removed ones the next day, and states never."
  }
}

run "lets_nothing_expire_by_default" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this) == 0
    error_message = "Every version of a state is kept."
  }
}

run "denies_requests_without_tls_on_bucket_and_objects" {
  command = plan

  assert {
    condition = {
      sid       = "TlsOnly"
      effect    = "Deny"
      actions   = toset(["s3:*"])
      resources = toset(["arn:aws:s3:::example-terraform-state-200000000001", "arn:aws:s3:::example-terraform-state-200000000001/*"])
      } == {
      sid       = data.aws_iam_policy_document.bucket.statement[0].sid
      effect    = data.aws_iam_policy_document.bucket.statement[0].effect
      actions   = data.aws_iam_policy_document.bucket.statement[0].actions
      resources = data.aws_iam_policy_document.bucket.statement[0].resources
    }
    error_message = "Plain HTTP must be denied for the bucket and everything in it."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.bucket.statement[0].condition).variable == "aws:SecureTransport"
    error_message = "The denial must depend on TLS alone."
  }
}

run "denies_objects_under_no_key_of_the_account" {
  command = plan

  assert {
    condition = {
      effect    = data.aws_iam_policy_document.bucket.statement[1].effect
      actions   = data.aws_iam_policy_document.bucket.statement[1].actions
      resources = data.aws_iam_policy_document.bucket.statement[1].resources
      } == {
      effect    = "Deny"
      actions   = toset(["s3:PutObject"])
      resources = toset(["arn:aws:s3:::example-terraform-state-200000000001/*"])
    }
    error_message = "Who asks for another encryption than with the account's keys must be denied."
  }

  assert {
    condition = toset([for each in data.aws_iam_policy_document.bucket.statement[1].condition : "${each.test} ${each.variable}"]) == toset([
      "Null s3:x-amz-server-side-encryption",
      "StringNotLike s3:x-amz-server-side-encryption-aws-kms-key-id",
    ])
    error_message = "Who asks for none gets the bucket's default, and must not be denied."
  }
}

run "leaves_the_key_to_the_account_alone" {
  command = plan

  assert {
    condition     = one(data.aws_iam_policy_document.key.statement[0].principals).identifiers == toset(["arn:aws:iam::200000000001:root"])
    error_message = "Nobody outside of the account may use the key."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.key.statement) == 1
    error_message = "The key's policy has one statement."
  }
}

run "refuses_a_bucket_name_that_s3_refuses" {
  command = plan

  variables {
    bucket = "Example_State"
  }

  expect_failures = [var.bucket]
}

run "refuses_an_account_name_for_an_id" {
  command = plan

  variables {
    account_id = "management"
  }

  expect_failures = [var.account_id]
}
