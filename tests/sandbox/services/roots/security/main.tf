# The security account, delegated administrator of Security Hub (central) and GuardDuty.
variable "updated" {
  description = "Whether the arguments that can change in place have changed."
  type        = bool
  default     = false
}

locals {
  foundational = "arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"
}

resource "aws_securityhub_finding_aggregator" "this" {
  linking_mode      = var.updated ? "SPECIFIED_REGIONS" : "ALL_REGIONS_EXCEPT_SPECIFIED"
  specified_regions = ["us-east-1"]
}

resource "aws_securityhub_organization_configuration" "this" {
  auto_enable           = false
  auto_enable_standards = "NONE"

  organization_configuration {
    configuration_type = "CENTRAL"
  }

  depends_on = [aws_securityhub_finding_aggregator.this]
}

resource "aws_securityhub_configuration_policy" "this" {
  name        = var.updated ? "baseline-2" : "baseline"
  description = "What every account has."

  configuration_policy {
    enabled_standard_arns = [local.foundational]
    service_enabled       = true

    security_controls_configuration {
      disabled_control_identifiers = var.updated ? ["S3.9", "EC2.8"] : ["S3.9"]

      security_control_custom_parameter {
        security_control_id = "IAM.7"

        parameter {
          name       = "MinimumPasswordLength"
          value_type = "CUSTOM"

          int {
            value = var.updated ? 16 : 14
          }
        }
      }
    }
  }

  depends_on = [aws_securityhub_organization_configuration.this]
}

resource "aws_securityhub_configuration_policy" "off" {
  name        = "off"
  description = "Accounts without Security Hub."

  configuration_policy {
    service_enabled = false
  }

  depends_on = [aws_securityhub_organization_configuration.this]
}

resource "aws_securityhub_configuration_policy_association" "root" {
  policy_id = aws_securityhub_configuration_policy.this.id
  target_id = "r-ex01"
}

resource "aws_securityhub_configuration_policy_association" "unit" {
  policy_id = var.updated ? aws_securityhub_configuration_policy.this.id : aws_securityhub_configuration_policy.off.id
  target_id = "ou-ex01-sandbox0"
}

resource "aws_securityhub_configuration_policy_association" "account" {
  policy_id = aws_securityhub_configuration_policy.this.id
  target_id = "200000000011"
}

data "aws_guardduty_detector" "this" {}

resource "aws_guardduty_organization_configuration" "this" {
  auto_enable_organization_members = var.updated ? "ALL" : "NEW"
  detector_id                      = data.aws_guardduty_detector.this.id
}

resource "aws_guardduty_organization_configuration_feature" "this" {
  auto_enable = var.updated ? "NONE" : "ALL"
  detector_id = data.aws_guardduty_detector.this.id
  name        = "S3_DATA_EVENTS"

  depends_on = [aws_guardduty_organization_configuration.this]
}

resource "aws_guardduty_detector_feature" "this" {
  detector_id = data.aws_guardduty_detector.this.id
  name        = "S3_DATA_EVENTS"
  status      = var.updated ? "DISABLED" : "ENABLED"
}

resource "aws_accessanalyzer_analyzer" "organization" {
  analyzer_name = "organization"
  tags          = { purpose = var.updated ? "audit" : "watch" }
  type          = "ORGANIZATION"
}

resource "aws_accessanalyzer_archive_rule" "this" {
  analyzer_name = aws_accessanalyzer_analyzer.organization.analyzer_name
  rule_name     = "own"

  filter {
    criteria = "isPublic"
    eq       = [var.updated ? "true" : "false"]
  }
}

resource "aws_iam_role" "aggregator" {
  name                 = "aggregator"
  max_session_duration = var.updated ? 7200 : 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["config.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "aggregator" {
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations"
  role       = aws_iam_role.aggregator.name
}

resource "aws_iam_role_policy" "forward" {
  name   = "forward"
  role   = aws_iam_role.aggregator.name
  policy = data.aws_iam_policy_document.forward.json
}

data "aws_iam_policy_document" "forward" {
  statement {
    actions   = var.updated ? ["events:PutEvents", "events:DescribeEventBus"] : ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.this.arn]
  }
}

resource "aws_config_configuration_aggregator" "this" {
  name = "organization"
  tags = { purpose = var.updated ? "audit" : "watch" }

  organization_aggregation_source {
    all_regions = !var.updated
    regions     = var.updated ? ["ap-northeast-1"] : null
    role_arn    = aws_iam_role.aggregator.arn
  }
}

resource "aws_cloudwatch_event_bus" "this" {
  name        = "findings"
  description = var.updated ? "Findings of the organization" : "Findings"
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = data.aws_iam_policy_document.bus.json
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "OrganizationPuts"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.this.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = var.updated ? ["o-exampleorg1", "o-exampleorg2"] : ["o-exampleorg1"]
    }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  name        = "findings"
  description = var.updated ? "Forwards all findings." : "Forwards findings."

  event_pattern = jsonencode({
    detail = { findings = { Severity = { Label = ["HIGH", "CRITICAL"] } } }
    source = ["aws.securityhub"]
  })
}

resource "aws_cloudwatch_event_target" "this" {
  arn       = aws_cloudwatch_event_bus.this.arn
  role_arn  = aws_iam_role.aggregator.arn
  rule      = aws_cloudwatch_event_rule.this.name
  target_id = "bus"

  retry_policy {
    maximum_event_age_in_seconds = var.updated ? 7200 : 3600
    maximum_retry_attempts       = 5
  }
}
