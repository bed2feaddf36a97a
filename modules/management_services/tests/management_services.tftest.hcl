mock_provider "aws" {}

variables {
  guardduty    = true
  security_hub = true
}

run "enables_both_and_chooses_no_standard" {
  command = plan

  assert {
    condition     = aws_guardduty_detector.this[0].enable && !aws_securityhub_account.this[0].enable_default_standards
    error_message = "A suspended detector makes no member, and standards are the administrator's to choose."
  }
}

run "enables_what_is_asked_for" {
  command = plan

  variables {
    guardduty = false
  }

  assert {
    condition     = length(aws_guardduty_detector.this) == 0 && length(aws_securityhub_account.this) == 1
    error_message = "Without GuardDuty there is no detector."
  }
}

run "refuses_to_enable_nothing" {
  command = plan

  variables {
    guardduty    = false
    security_hub = false
  }

  expect_failures = [var.security_hub]
}
