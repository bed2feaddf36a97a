# A member account: baseline, AWS Config recorder, Security Hub in local mode.
variable "updated" {
  description = "Whether the arguments that can change in place have changed."
  type        = bool
  default     = false
}

locals {
  foundational = "arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"
}

resource "aws_s3_account_public_access_block" "this" {
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = var.updated
}

resource "aws_iam_account_password_policy" "this" {
  allow_users_to_change_password = true
  max_password_age               = 90
  minimum_password_length        = var.updated ? 16 : 14
  password_reuse_prevention      = 24
  require_lowercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  require_uppercase_characters   = true
}

resource "aws_iam_service_linked_role" "config" {
  aws_service_name = "config.amazonaws.com"
  description      = var.updated ? "AWS Config of this account" : "AWS Config"
}

resource "aws_ebs_encryption_by_default" "this" {
  enabled = !var.updated
}

resource "aws_ec2_instance_metadata_defaults" "this" {
  http_put_response_hop_limit = var.updated ? 2 : 1
  http_tokens                 = "required"
}

resource "aws_ebs_snapshot_block_public_access" "this" {
  state = var.updated ? "block-new-sharing" : "block-all-sharing"
}

resource "aws_ec2_image_block_public_access" "this" {
  state = var.updated ? "unblocked" : "block-new-sharing"
}

resource "aws_config_configuration_recorder" "this" {
  name     = "default"
  role_arn = aws_iam_service_linked_role.config.arn

  recording_group {
    all_supported                 = !var.updated
    include_global_resource_types = !var.updated

    dynamic "exclusion_by_resource_types" {
      for_each = var.updated ? [["AWS::EC2::NetworkInterface", "AWS::IAM::User"]] : []

      content {
        resource_types = exclusion_by_resource_types.value
      }
    }

    recording_strategy {
      use_only = var.updated ? "EXCLUSION_BY_RESOURCE_TYPES" : "ALL_SUPPORTED_RESOURCE_TYPES"
    }
  }

  recording_mode {
    recording_frequency = var.updated ? "DAILY" : "CONTINUOUS"
  }
}

resource "aws_config_delivery_channel" "this" {
  name           = "default"
  s3_bucket_name = "contract-config"
  s3_kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"

  snapshot_delivery_properties {
    delivery_frequency = var.updated ? "Twelve_Hours" : "TwentyFour_Hours"
  }

  depends_on = [aws_config_configuration_recorder.this]
}

resource "aws_config_configuration_recorder_status" "this" {
  is_enabled = !var.updated
  name       = aws_config_configuration_recorder.this.name

  depends_on = [aws_config_delivery_channel.this]
}

resource "aws_securityhub_account" "this" {
  auto_enable_controls      = !var.updated
  control_finding_generator = "SECURITY_CONTROL"
  enable_default_standards  = false
}

resource "aws_securityhub_standards_subscription" "this" {
  standards_arn = local.foundational

  depends_on = [aws_securityhub_account.this]
}

resource "aws_securityhub_standards_control_association" "this" {
  association_status  = var.updated ? "ENABLED" : "DISABLED"
  security_control_id = "S3.9"
  standards_arn       = local.foundational
  updated_reason      = var.updated ? null : "Access logs are kept by CloudTrail."

  depends_on = [aws_securityhub_standards_subscription.this]
}

resource "aws_securityhub_standards_control" "this" {
  control_status        = var.updated ? "ENABLED" : "DISABLED"
  disabled_reason       = var.updated ? null : "No public instances."
  standards_control_arn = "arn:aws:securityhub:ap-northeast-1:200000000006:control/aws-foundational-security-best-practices/v/1.0.0/EC2.9"

  depends_on = [aws_securityhub_standards_subscription.this]
}

resource "aws_securityhub_action_target" "this" {
  description = "Opens a ticket."
  identifier  = "ticket"
  name        = var.updated ? "Ticket" : "Open ticket"

  depends_on = [aws_securityhub_account.this]
}

resource "aws_securityhub_insight" "this" {
  group_by_attribute = "ResourceId"
  name               = var.updated ? "severe" : "critical"

  filters {
    severity_label {
      comparison = "EQUALS"
      value      = var.updated ? "HIGH" : "CRITICAL"
    }

    created_at {
      date_range {
        unit  = "DAYS"
        value = 5
      }
    }
  }

  depends_on = [aws_securityhub_account.this]
}

resource "aws_securityhub_product_subscription" "this" {
  product_arn = "arn:aws:securityhub:ap-northeast-1::product/aws/guardduty"

  depends_on = [aws_securityhub_account.this]
}

resource "aws_securityhub_automation_rule" "this" {
  description = var.updated ? "Lab findings are not worked on." : "Lab findings."
  rule_name   = "lab"
  rule_order  = var.updated ? 2 : 1
  is_terminal = var.updated
  tags        = { purpose = var.updated ? "quiet" : "lab" }

  actions {
    type = "FINDING_FIELDS_UPDATE"

    finding_fields_update {
      types = ["Software and Configuration Checks/Industry and Regulatory Standards"]

      note {
        text       = "A lab account."
        updated_by = "orchestrator"
      }

      severity {
        label   = "LOW"
        product = "0.0"
      }

      user_defined_fields = {
        owner = "lab"
      }

      workflow {
        status = "SUPPRESSED"
      }
    }
  }

  criteria {
    aws_account_id {
      comparison = "EQUALS"
      value      = "200000000011"
    }

    severity_label {
      comparison = "EQUALS"
      value      = "MEDIUM"
    }
  }

  depends_on = [aws_securityhub_account.this]
}
