mock_provider "aws" {}

variables {
  bucket      = "example-logs-cloudtrail"
  kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  name        = "organization"
}

run "records_every_account_and_region" {
  command = apply

  assert {
    condition = alltrue([
      aws_cloudtrail.this.is_organization_trail,
      aws_cloudtrail.this.is_multi_region_trail,
      aws_cloudtrail.this.include_global_service_events,
      aws_cloudtrail.this.enable_logging,
    ])
    error_message = "The trail must see every account, every region and the global services."
  }

  assert {
    condition     = aws_cloudtrail.this.enable_log_file_validation
    error_message = "Log files that were tampered with must be recognisable."
  }

  assert {
    condition     = aws_cloudtrail.this.kms_key_id == "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
    error_message = "Log files must be encrypted with the archive's key."
  }
}

run "refuses_a_key_id" {
  command = plan

  variables {
    kms_key_arn = "11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_name_that_cloudtrail_refuses" {
  command = plan

  variables {
    name = "a trail"
  }

  expect_failures = [var.name]
}

# CloudTrail answers with the key behind the alias: that is not a change, another account's key is.
run "sees_a_trail_that_took_a_key_from_elsewhere" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000009:alias/example-logs"
  }

  expect_failures = [aws_cloudtrail.this]
}
