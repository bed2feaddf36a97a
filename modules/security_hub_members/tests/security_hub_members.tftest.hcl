mock_provider "aws" {}

variables {
  members = {
    "200000000006" = "aws+payments-prod@example.com"
    "200000000007" = "aws+orders-prod@example.com"
  }
}

run "makes_members_without_asking_them" {
  command = plan

  assert {
    condition     = { for id, member in aws_securityhub_member.this : id => member.invite } == { "200000000006" = false, "200000000007" = false }
    error_message = "Accounts of the organization need no invitation."
  }
}

run "new_accounts_join_without_standards" {
  command = plan

  assert {
    condition = (
      aws_securityhub_organization_configuration.this.auto_enable &&
      aws_securityhub_organization_configuration.this.auto_enable_standards == "NONE" &&
      one(aws_securityhub_organization_configuration.this.organization_configuration).configuration_type == "LOCAL"
    )
    error_message = "A new account must join; its standards come from its own stack."
  }
}

run "refuses_an_account_name_for_an_id" {
  command = plan

  variables {
    members = { payments-prod = "aws+payments-prod@example.com" }
  }

  expect_failures = [var.members]
}
