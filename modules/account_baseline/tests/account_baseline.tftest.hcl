mock_provider "aws" {}

run "closes_s3_in_all_four_ways" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_account_public_access_block.this[0].block_public_acls,
      aws_s3_account_public_access_block.this[0].block_public_policy,
      aws_s3_account_public_access_block.this[0].ignore_public_acls,
      aws_s3_account_public_access_block.this[0].restrict_public_buckets,
    ])
    error_message = "No bucket may be opened to the public."
  }
}

run "asks_for_long_passwords" {
  command = plan

  assert {
    condition     = aws_iam_account_password_policy.this.minimum_password_length == 14 && aws_iam_account_password_policy.this.password_reuse_prevention == 24 && aws_iam_account_password_policy.this.max_password_age == 90
    error_message = "The defaults are those of the CIS benchmark."
  }
}

run "zero_means_never" {
  command = plan

  variables {
    password_policy = { minimum_length = 20, maximum_age = 0, reuse_prevention = 0 }
  }

  assert {
    condition     = aws_iam_account_password_policy.this.max_password_age == 0 && aws_iam_account_password_policy.this.password_reuse_prevention == 0
    error_message = "A null would keep the limits that were there before."
  }
}

run "leaves_out_what_is_switched_off" {
  command = plan

  variables {
    config_service_linked_role = false
    s3_public_access_block     = false
  }

  assert {
    condition     = length(aws_s3_account_public_access_block.this) == 0 && length(aws_iam_service_linked_role.config) == 0
    error_message = "What is off must not be managed."
  }
}

run "refuses_short_passwords" {
  command = plan

  variables {
    password_policy = { minimum_length = 6, maximum_age = 90, reuse_prevention = 24 }
  }

  expect_failures = [var.password_policy]
}
