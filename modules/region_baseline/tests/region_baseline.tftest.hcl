mock_provider "aws" {}

run "encrypts_volumes_and_closes_the_old_metadata_service" {
  command = plan

  assert {
    condition     = aws_ebs_encryption_by_default.this[0].enabled
    error_message = "New volumes must be encrypted."
  }

  assert {
    condition     = aws_ec2_instance_metadata_defaults.this[0].http_tokens == "required"
    error_message = "Version 1 of the metadata service must not answer."
  }
}

run "leaves_out_what_is_switched_off" {
  command = plan

  variables {
    ebs_encryption = false
    imdsv2         = false
  }

  assert {
    condition     = length(aws_ebs_encryption_by_default.this) == 0 && length(aws_ec2_instance_metadata_defaults.this) == 0
    error_message = "What is off must not be managed."
  }
}

run "refuses_an_answer_that_goes_nowhere" {
  command = plan

  variables {
    metadata_hop_limit = 0
  }

  expect_failures = [var.metadata_hop_limit]
}
