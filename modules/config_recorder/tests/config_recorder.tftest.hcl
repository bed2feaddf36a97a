mock_provider "aws" {}

variables {
  bucket              = "example-logs-config"
  kms_key_arn         = "arn:aws:kms:ap-northeast-1:200000000003:key/11111111-2222-3333-4444-555555555555"
  record_global_types = true
  role_arn            = "arn:aws:iam::200000000006:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
}

run "records_everything" {
  command = plan

  assert {
    condition = (
      one(aws_config_configuration_recorder.this.recording_group).all_supported &&
      one(aws_config_configuration_recorder.this.recording_group).include_global_resource_types &&
      one(one(aws_config_configuration_recorder.this.recording_group).recording_strategy).use_only == "ALL_SUPPORTED_RESOURCE_TYPES"
    )
    error_message = "Without exceptions every type is recorded, those of IAM included."
  }

  assert {
    condition     = aws_config_configuration_recorder_status.this.is_enabled
    error_message = "The recorder must be started."
  }

  assert {
    condition     = aws_config_delivery_channel.this.s3_bucket_name == "example-logs-config" && aws_config_delivery_channel.this.s3_kms_key_arn == "arn:aws:kms:ap-northeast-1:200000000003:key/11111111-2222-3333-4444-555555555555"
    error_message = "What is recorded must be delivered to the archive, under its key."
  }
}

run "leaves_global_types_to_another_region" {
  command = plan

  variables {
    record_global_types = false
  }

  assert {
    condition     = one(aws_config_configuration_recorder.this.recording_group).all_supported && !one(aws_config_configuration_recorder.this.recording_group).include_global_resource_types
    error_message = "Everything but the global types must be recorded."
  }
}

run "leaves_out_exceptions" {
  command = plan

  variables {
    excluded_types = ["AWS::EC2::NetworkInterface"]
  }

  assert {
    condition = (
      !one(aws_config_configuration_recorder.this.recording_group).all_supported &&
      one(one(aws_config_configuration_recorder.this.recording_group).exclusion_by_resource_types).resource_types == toset(["AWS::EC2::NetworkInterface"]) &&
      one(one(aws_config_configuration_recorder.this.recording_group).recording_strategy).use_only == "EXCLUSION_BY_RESOURCE_TYPES"
    )
    error_message = "Everything but the exceptions must be recorded."
  }
}

run "global_types_are_exceptions_where_there_are_others" {
  command = plan

  variables {
    excluded_types      = ["AWS::EC2::NetworkInterface"]
    record_global_types = false
  }

  assert {
    condition = one(one(aws_config_configuration_recorder.this.recording_group).exclusion_by_resource_types).resource_types == toset([
      "AWS::EC2::NetworkInterface", "AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User",
    ])
    error_message = "With exceptions the switch for global types is ignored by AWS Config."
  }
}

run "records_once_a_day_where_that_is_enough" {
  command = plan

  variables {
    frequency = "DAILY"
  }

  assert {
    condition     = one(aws_config_configuration_recorder.this.recording_mode).recording_frequency == "DAILY"
    error_message = "The frequency must be the one that was asked for."
  }
}

run "refuses_a_frequency_nobody_knows" {
  command = plan

  variables {
    frequency = "HOURLY"
  }

  expect_failures = [var.frequency]
}

run "refuses_terraforms_name_of_a_type" {
  command = plan

  variables {
    excluded_types = ["aws_instance"]
  }

  expect_failures = [var.excluded_types]
}

run "leaves_encryption_to_the_bucket" {
  command = plan

  variables {
    kms_key_arn = null
  }

  assert {
    condition     = aws_config_delivery_channel.this.s3_kms_key_arn == null
    error_message = "Without a key, the bucket's default encryption counts."
  }
}

run "refuses_an_alias" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  }

  expect_failures = [var.kms_key_arn]
}
