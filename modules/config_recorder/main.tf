locals {
  global_types = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"]

  # With a list of exceptions the switch for global types counts no more (AWS Config API reference,
  # RecordingGroup), so where they are not wanted they are exceptions too.
  exceptions = length(var.excluded_types) == 0 ? [] : sort(setunion(
    var.excluded_types,
    var.record_global_types ? [] : local.global_types,
  ))
}

resource "aws_config_configuration_recorder" "this" {
  #checkov:skip=CKV2_AWS_48: global types are recorded in one region only, and what is left out is decided by the caller
  name     = "default" # AWS Config allows one recorder a region
  role_arn = var.role_arn

  recording_group {
    all_supported                 = length(local.exceptions) == 0
    include_global_resource_types = length(local.exceptions) == 0 && var.record_global_types

    dynamic "exclusion_by_resource_types" {
      for_each = length(local.exceptions) == 0 ? [] : [local.exceptions]

      content {
        resource_types = exclusion_by_resource_types.value
      }
    }

    recording_strategy {
      use_only = length(local.exceptions) == 0 ? "ALL_SUPPORTED_RESOURCE_TYPES" : "EXCLUSION_BY_RESOURCE_TYPES"
    }
  }

  recording_mode {
    recording_frequency = var.frequency
  }
}

resource "aws_config_delivery_channel" "this" {
  name           = "default"
  s3_bucket_name = var.bucket
  s3_kms_key_arn = var.kms_key_arn

  snapshot_delivery_properties {
    delivery_frequency = "TwentyFour_Hours"
  }

  # AWS Config refuses a channel before there is a recorder.
  depends_on = [aws_config_configuration_recorder.this]
}

resource "aws_config_configuration_recorder_status" "this" {
  name       = aws_config_configuration_recorder.this.name
  is_enabled = true

  # And it starts no recorder that has nowhere to deliver to.
  depends_on = [aws_config_delivery_channel.this]
}
