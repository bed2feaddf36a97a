# The management account: who is trusted and who administers what, and the organization's trail.
variable "updated" {
  description = "Whether the arguments that can change in place have changed."
  type        = bool
  default     = false
}

locals {
  always = ["access-analyzer.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com", "guardduty.amazonaws.com", "securityhub.amazonaws.com"]
}

import {
  to = aws_organizations_organization.this
  id = "o-exampleorg1"
}

resource "aws_organizations_organization" "this" {
  aws_service_access_principals = var.updated ? concat(local.always, ["securitylake.amazonaws.com"]) : local.always
  feature_set                   = "ALL"
}

resource "aws_organizations_delegated_administrator" "this" {
  for_each = toset(["access-analyzer.amazonaws.com", "config.amazonaws.com"])

  account_id        = "200000000002"
  service_principal = each.key

  depends_on = [aws_organizations_organization.this]
}

resource "aws_securityhub_organization_admin_account" "this" {
  admin_account_id = "200000000002"

  depends_on = [aws_organizations_organization.this]
}

resource "aws_guardduty_organization_admin_account" "this" {
  admin_account_id = "200000000002"

  depends_on = [aws_organizations_organization.this]
}

resource "aws_cloudtrail" "this" {
  name                          = "organization"
  enable_log_file_validation    = true
  include_global_service_events = true
  is_multi_region_trail         = true
  is_organization_trail         = true
  s3_bucket_name                = "contract-trail"
  s3_key_prefix                 = var.updated ? "logs" : null

  depends_on = [aws_organizations_organization.this]
}

# A second trail: reading one must not find the other.
resource "aws_cloudtrail" "other" {
  name           = "other"
  enable_logging = !var.updated
  s3_bucket_name = "contract-trail"
}
