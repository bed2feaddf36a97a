mock_provider "aws" {}

variables {
  services = ["access-analyzer.amazonaws.com", "malware-protection.guardduty.amazonaws.com"]
}

run "makes_the_role_of_each_service" {
  command = plan

  assert {
    condition     = toset([for role in aws_iam_service_linked_role.this : role.aws_service_name]) == var.services
    error_message = "Every service that was named must have its role."
  }
}

run "refuses_the_name_of_a_role" {
  command = plan

  variables {
    services = ["AWSServiceRoleForAccessAnalyzer"]
  }

  expect_failures = [var.services]
}
