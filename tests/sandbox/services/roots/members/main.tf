# The security account in local mode: members one by one, in a region of its own.
variable "updated" {
  description = "Whether the arguments that can change in place have changed."
  type        = bool
  default     = false
}

resource "aws_securityhub_organization_configuration" "this" {
  auto_enable           = var.updated
  auto_enable_standards = var.updated ? "NONE" : "DEFAULT"
}

resource "aws_securityhub_member" "this" {
  for_each = toset(var.updated ? ["200000000004", "200000000006"] : ["200000000004"])

  account_id = each.key
  invite     = false

  lifecycle {
    # Provider 5 reads a member of the organization back as invited and without an address.
    ignore_changes = [email, invite]
  }
}

resource "aws_securityhub_finding_aggregator" "this" {
  linking_mode      = var.updated ? "SPECIFIED_REGIONS" : "NO_REGIONS"
  specified_regions = var.updated ? ["eu-west-1"] : null
}

data "aws_guardduty_detector" "this" {}

resource "aws_guardduty_member" "this" {
  account_id                 = "200000000004"
  detector_id                = data.aws_guardduty_detector.this.id
  email                      = "aws+network@example.com"
  invite                     = false
  disable_email_notification = true

  lifecycle {
    # Provider 5 reads a member of the organization back as invited.
    ignore_changes = [email, invite]
  }
}
