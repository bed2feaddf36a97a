# Stack organization of account management, rendered by orchestrator. Edit there, not here:
#   account_configs/organization.yaml
#   account_configs/ous/management.yaml
# `orchestrator explain management` says which of them sets what.

# The organization was there before this stack; Terraform takes it over as it is.
import {
  to = module.organization_access.aws_organizations_organization.this
  id = "o-exampleorg1"
}

module "organization_access" {
  source = "../../_modules/organization_access"

  organization_id               = "o-exampleorg1"
  security_hub_admin_account_id = "200000000002"

  trusted_services = [
    "access-analyzer.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "guardduty.amazonaws.com",
    "securityhub.amazonaws.com",
    "securitylake.amazonaws.com",
  ]

  delegated_administrators = {
    "access-analyzer.amazonaws.com"          = "200000000002"
    "config-multiaccountsetup.amazonaws.com" = "200000000002"
    "config.amazonaws.com"                   = "200000000002"
    "securitylake.amazonaws.com"             = "200000000002"
  }
}

module "organization_trail" {
  source = "../../_modules/organization_trail"

  bucket      = "example-logs-cloudtrail"
  kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  name        = "example-organization"

  depends_on = [module.organization_access]
}

# Roles that the security account's stack needs here. One that is there already is taken over.

data "aws_iam_roles" "access_analyzer_amazonaws_com" {
  path_prefix = "/aws-service-role/access-analyzer.amazonaws.com/"
}

import {
  for_each = data.aws_iam_roles.access_analyzer_amazonaws_com.arns
  to       = module.service_linked_roles.aws_iam_service_linked_role.this["access-analyzer.amazonaws.com"]
  id       = each.value
}

module "service_linked_roles" {
  source = "../../_modules/service_linked_roles"

  services = ["access-analyzer.amazonaws.com"]
}

module "guardduty_admin_ap_northeast_1" {
  source = "../../_modules/guardduty_admin"

  admin_account_id = "200000000002"

  depends_on = [module.organization_access]
}

module "guardduty_admin_us_east_1" {
  source = "../../_modules/guardduty_admin"

  providers = {
    aws = aws.us_east_1
  }

  admin_account_id = "200000000002"

  depends_on = [module.organization_access]
}

module "management_services_ap_northeast_1" {
  source = "../../_modules/management_services"

  guardduty    = true
  security_hub = true

  # So that what uses the roles is gone before them.
  depends_on = [module.service_linked_roles]
}

module "management_services_us_east_1" {
  source = "../../_modules/management_services"

  providers = {
    aws = aws.us_east_1
  }

  guardduty    = true
  security_hub = true

  # So that what uses the roles is gone before them.
  depends_on = [module.service_linked_roles]
}

# Central configuration has the same administrator there. Taking it back would cut members off.
removed {
  from = module.security_hub_admin_us_east_1

  lifecycle {
    destroy = false
  }
}
