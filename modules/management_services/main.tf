# Both services enable themselves in every account of the organization but the management account,
# which must have done so before it can be a member (Security Hub API reference, CreateMembers;
# GuardDuty user guide, "Managing GuardDuty accounts with AWS Organizations"). Once it is one, the
# administrator says how they are set.
resource "aws_guardduty_detector" "this" {
  #checkov:skip=CKV2_AWS_3: the organization is told in its administrator's account, by guardduty_organization
  count = var.guardduty ? 1 : 0

  enable = true

  lifecycle {
    ignore_changes = [finding_publishing_frequency]
  }
}

resource "aws_securityhub_account" "this" {
  count = var.security_hub ? 1 : 0

  enable_default_standards = false # exactly those decided on

  lifecycle {
    ignore_changes = [auto_enable_controls, control_finding_generator]
  }
}
