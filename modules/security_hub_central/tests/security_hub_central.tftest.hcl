mock_provider "aws" {}

variables {
  linked_regions = ["us-east-1"]
  policies = {
    workloads = {
      name              = "workloads"
      description       = "Workloads and everything below."
      service_enabled   = true
      standard_arns     = ["arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"]
      disabled_controls = ["EC2.182", "S3.9"]
      parameters        = { "IAM.7" = { MinimumPasswordLength = { int = 14 } } }
    }
    off = {
      name              = "off"
      description       = "No Security Hub."
      service_enabled   = false
      standard_arns     = []
      disabled_controls = []
    }
  }
  associations = {
    "200000000011"     = "off"
    "ou-ex01-workload" = "workloads"
  }
}

run "aggregates_the_linked_regions" {
  command = plan

  assert {
    condition     = aws_securityhub_finding_aggregator.this.linking_mode == "SPECIFIED_REGIONS" && aws_securityhub_finding_aggregator.this.specified_regions == toset(["us-east-1"])
    error_message = "Findings of the linked regions must come here."
  }

  assert {
    condition     = one(aws_securityhub_organization_configuration.this.organization_configuration).configuration_type == "CENTRAL" && !aws_securityhub_organization_configuration.this.auto_enable
    error_message = "Central configuration must be on, and automatic enablement off."
  }
}

run "aggregates_nothing_where_there_is_one_region" {
  command = plan

  variables {
    linked_regions = []
  }

  assert {
    condition     = aws_securityhub_finding_aggregator.this.linking_mode == "NO_REGIONS"
    error_message = "AWS refuses an empty list of regions."
  }
}

run "a_policy_has_its_standards_controls_and_parameters" {
  command = plan

  assert {
    condition     = one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).enabled_standard_arns == toset(["arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"])
    error_message = "The policy must enable its standards."
  }

  assert {
    condition     = one(one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).security_controls_configuration).disabled_control_identifiers == toset(["EC2.182", "S3.9"])
    error_message = "The policy must disable the controls that were decided, and leave on what AWS will add."
  }

  assert {
    condition = {
      control = "IAM.7"
      name    = "MinimumPasswordLength"
      type    = "CUSTOM"
      value   = 14
      } == {
      control = one(one(one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).security_controls_configuration).security_control_custom_parameter).security_control_id
      name    = one(one(one(one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).security_controls_configuration).security_control_custom_parameter).parameter).name
      type    = one(one(one(one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).security_controls_configuration).security_control_custom_parameter).parameter).value_type
      value   = one(one(one(one(one(aws_securityhub_configuration_policy.this["workloads"].configuration_policy).security_controls_configuration).security_control_custom_parameter).parameter).int).value
    }
    error_message = "The parameter must arrive under its type."
  }
}

run "a_policy_that_is_off_says_nothing_else" {
  command = plan

  assert {
    condition = (
      !one(aws_securityhub_configuration_policy.this["off"].configuration_policy).service_enabled &&
      one(aws_securityhub_configuration_policy.this["off"].configuration_policy).enabled_standard_arns == null &&
      length(one(aws_securityhub_configuration_policy.this["off"].configuration_policy).security_controls_configuration) == 0
    )
    error_message = "AWS refuses standards and controls where Security Hub is off."
  }
}

run "targets_get_the_policy_they_were_given" {
  command = apply

  override_resource {
    target = aws_securityhub_configuration_policy.this["off"]
    values = { id = "00000000-0000-0000-0000-000000000000" }
  }

  override_resource {
    target = aws_securityhub_configuration_policy.this["workloads"]
    values = { id = "11111111-2222-3333-4444-555555555555" }
  }

  assert {
    condition = { for target, association in aws_securityhub_configuration_policy_association.this : target => association.policy_id } == {
      "200000000011"     = "00000000-0000-0000-0000-000000000000"
      "ou-ex01-workload" = "11111111-2222-3333-4444-555555555555"
    }
    error_message = "Each target must be associated with its own policy."
  }
}

run "refuses_an_association_with_no_policy" {
  command = plan

  variables {
    associations = { "r-ex01" = "nowhere" }
  }

  expect_failures = [var.associations]
}

run "refuses_a_target_that_is_neither_account_nor_unit" {
  command = plan

  variables {
    associations = { "Workloads" = "workloads" }
  }

  expect_failures = [var.associations]
}

run "refuses_a_control_that_is_none" {
  command = plan

  variables {
    associations = {}
    policies = {
      one = {
        name              = "one"
        description       = "One."
        service_enabled   = true
        standard_arns     = ["arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"]
        disabled_controls = ["S3-9"]
      }
    }
  }

  expect_failures = [var.policies]
}

run "refuses_more_policies_than_aws_allows" {
  command = plan

  variables {
    associations = {}
    policies = { for n in range(21) : "p${n}" => {
      name              = "p${n}"
      description       = "Off."
      service_enabled   = false
      standard_arns     = []
      disabled_controls = []
    } }
  }

  expect_failures = [var.policies]
}

run "refuses_a_parameter_of_two_types" {
  command = plan

  variables {
    associations = {}
    policies = {
      one = {
        name              = "one"
        description       = "One."
        service_enabled   = true
        standard_arns     = ["arn:aws:securityhub:ap-northeast-1::standards/aws-foundational-security-best-practices/v/1.0.0"]
        disabled_controls = []
        parameters        = { "IAM.7" = { MinimumPasswordLength = { int = 14, string = "14" } } }
      }
    }
  }

  expect_failures = [var.policies]
}
