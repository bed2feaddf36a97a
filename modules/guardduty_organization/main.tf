locals {
  known_features = [
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "S3_DATA_EVENTS",
  ]
}

# Made by GuardDuty itself when the account was designated as administrator.
data "aws_guardduty_detector" "this" {}

resource "aws_guardduty_organization_configuration" "this" {
  auto_enable_organization_members = "ALL"
  detector_id                      = data.aws_guardduty_detector.this.id
}

resource "aws_guardduty_organization_configuration_feature" "this" {
  for_each = var.features

  auto_enable = each.value ? "ALL" : "NONE"
  detector_id = data.aws_guardduty_detector.this.id
  name        = each.key

  depends_on = [aws_guardduty_organization_configuration.this]
}

# The administrator is not a member of its own, so what holds for members is repeated for it.
resource "aws_guardduty_detector_feature" "administrator" {
  for_each = var.features

  detector_id = data.aws_guardduty_detector.this.id
  name        = each.key
  status      = each.value ? "ENABLED" : "DISABLED"
}
