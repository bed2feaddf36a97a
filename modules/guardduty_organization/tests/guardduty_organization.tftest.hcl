mock_provider "aws" {
  mock_data "aws_guardduty_detector" {
    defaults = { id = "12abc34d567e8fa901bc2d34e56789f0" }
  }
}

variables {
  features = {
    EKS_AUDIT_LOGS = false
    S3_DATA_EVENTS = true
  }
}

run "watches_every_account_with_the_detector_that_is_there" {
  command = plan

  assert {
    condition     = aws_guardduty_organization_configuration.this.auto_enable_organization_members == "ALL" && aws_guardduty_organization_configuration.this.detector_id == "12abc34d567e8fa901bc2d34e56789f0"
    error_message = "New accounts and old ones must both be watched."
  }

  assert {
    condition     = { for name, feature in aws_guardduty_organization_configuration_feature.this : name => feature.auto_enable } == { EKS_AUDIT_LOGS = "NONE", S3_DATA_EVENTS = "ALL" }
    error_message = "A feature must be on for all members or for none."
  }

  assert {
    condition     = { for name, feature in aws_guardduty_detector_feature.administrator : name => feature.status } == { EKS_AUDIT_LOGS = "DISABLED", S3_DATA_EVENTS = "ENABLED" }
    error_message = "The administrator's own detector must be as its members'."
  }
}

run "refuses_a_feature_that_installs_agents" {
  command = plan

  variables {
    features = { RUNTIME_MONITORING = true }
  }

  expect_failures = [var.features]
}
