mock_provider "aws" {}

variables {
  admin_account_id = "200000000002"
}

run "designates_the_account" {
  command = plan

  assert {
    condition     = aws_securityhub_organization_admin_account.this.admin_account_id == "200000000002"
    error_message = "Security Hub must be administered by the account that was named."
  }
}

run "refuses_an_account_name_for_an_id" {
  command = plan

  variables {
    admin_account_id = "security"
  }

  expect_failures = [var.admin_account_id]
}
