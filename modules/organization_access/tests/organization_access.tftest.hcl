mock_provider "aws" {
  mock_data "aws_organizations_organization" {
    defaults = {
      id                            = "o-exampleorg1"
      aws_service_access_principals = ["sso.amazonaws.com", "config.amazonaws.com"]
    }
  }
}

variables {
  organization_id               = "o-exampleorg1"
  security_hub_admin_account_id = "200000000002"
  trusted_services              = ["cloudtrail.amazonaws.com", "config.amazonaws.com"]
  delegated_administrators = {
    "access-analyzer.amazonaws.com" = "200000000002"
    "config.amazonaws.com"          = "200000000002"
  }
}

run "keeps_the_services_that_are_trusted_already" {
  command = plan

  assert {
    condition     = aws_organizations_organization.this.aws_service_access_principals == toset(["cloudtrail.amazonaws.com", "config.amazonaws.com", "sso.amazonaws.com"])
    error_message = "Trust that was there must stay, and what is asked for must come."
  }

  assert {
    condition     = aws_organizations_organization.this.feature_set == "ALL"
    error_message = "Consolidated billing alone knows no trusted services."
  }
}

run "delegates_each_service" {
  command = plan

  assert {
    condition     = { for service, admin in aws_organizations_delegated_administrator.this : service => admin.account_id } == { "access-analyzer.amazonaws.com" = "200000000002", "config.amazonaws.com" = "200000000002" }
    error_message = "Each service must have the administrator it was given."
  }

  assert {
    condition     = aws_securityhub_organization_admin_account.this.admin_account_id == "200000000002"
    error_message = "Security Hub must have its administrator."
  }
}

run "refuses_another_organization" {
  command = plan

  variables {
    organization_id = "o-anotherorg1"
  }

  expect_failures = [aws_organizations_organization.this]
}

run "refuses_to_register_security_hub_twice" {
  command = plan

  variables {
    delegated_administrators = { "securityhub.amazonaws.com" = "200000000002" }
  }

  expect_failures = [var.delegated_administrators]
}

run "refuses_a_service_that_is_no_principal" {
  command = plan

  variables {
    trusted_services = ["cloudtrail"]
  }

  expect_failures = [var.trusted_services]
}
