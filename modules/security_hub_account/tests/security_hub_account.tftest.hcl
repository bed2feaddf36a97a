mock_provider "aws" {}

variables {
  standards = {
    cis  = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"
    fsbp = "arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"
  }
  disabled_controls = {
    "EC2.182" = "Images are shared with partners."
    "S3.9"    = "Access is recorded by CloudTrail."
  }
}

run "enables_exactly_the_standards_asked_for" {
  command = plan

  assert {
    condition     = !aws_securityhub_account.this[0].enable_default_standards
    error_message = "AWS's choice of standards is not ours."
  }

  assert {
    condition     = toset([for s in aws_securityhub_standards_subscription.this : s.standards_arn]) == toset(values(var.standards))
    error_message = "Every standard must be subscribed to."
  }
}

run "disables_a_control_in_every_standard" {
  command = plan

  assert {
    condition     = keys(aws_securityhub_standards_control_association.disabled) == ["cis/EC2.182", "cis/S3.9", "fsbp/EC2.182", "fsbp/S3.9"]
    error_message = "A control that stays on in one standard still finds."
  }

  assert {
    condition     = alltrue([for switch in aws_securityhub_standards_control_association.disabled : switch.association_status == "DISABLED" && switch.updated_reason == var.disabled_controls[switch.security_control_id]])
    error_message = "Each must say why."
  }
}

run "disables_a_control_only_where_it_is" {
  command = plan

  variables {
    control_standards = { "EC2.182" = ["fsbp"] }
  }

  assert {
    condition     = keys(aws_securityhub_standards_control_association.disabled) == ["cis/S3.9", "fsbp/EC2.182", "fsbp/S3.9"]
    error_message = "AWS refuses to switch a control in a standard that does not have it."
  }
}

run "leaves_a_hub_that_is_there" {
  command = plan

  variables {
    enable_hub = false
  }

  assert {
    condition     = length(aws_securityhub_account.this) == 0 && length(aws_securityhub_standards_subscription.this) == 2
    error_message = "AWS refuses to enable a hub twice."
  }
}

run "refuses_a_control_without_a_reason" {
  command = plan

  variables {
    disabled_controls = { "S3.9" = " " }
  }

  expect_failures = [var.disabled_controls]
}

run "refuses_a_standard_that_is_not_enabled" {
  command = plan

  variables {
    control_standards = { "S3.9" = ["pci"] }
  }

  expect_failures = [var.control_standards]
}

run "refuses_a_name_for_an_arn" {
  command = plan

  variables {
    disabled_controls = {}
    standards         = { fsbp = "aws-foundational-security-best-practices" }
  }

  expect_failures = [var.standards]
}
