mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
}

run "aggregates_all_regions_of_the_organization" {
  command = plan

  assert {
    condition     = one(aws_config_configuration_aggregator.this.organization_aggregation_source).all_regions
    error_message = "Every region must be seen."
  }
}

run "the_role_is_for_config_in_this_account" {
  command = plan

  assert {
    condition = {
      service  = toset(["config.amazonaws.com"])
      variable = "aws:SourceAccount"
      values   = tolist(["200000000002"])
      } == {
      service  = one(data.aws_iam_policy_document.trust.statement[0].principals).identifiers
      variable = one(data.aws_iam_policy_document.trust.statement[0].condition).variable
      values   = one(data.aws_iam_policy_document.trust.statement[0].condition).values
    }
    error_message = "AWS Config may use the role for this account and for no other."
  }

  assert {
    condition     = alltrue([for action in data.aws_iam_policy_document.permissions.statement[0].actions : can(regex("^organizations:(Describe|List)", action))])
    error_message = "The role reads the organization and does nothing else."
  }

  assert {
    condition     = aws_iam_role.this.name == "orchestrator-config-organization"
    error_message = "The apply role makes roles of such names only."
  }
}

run "refuses_an_account_name_for_an_id" {
  command = plan

  variables {
    account_id = "security"
  }

  expect_failures = [var.account_id]
}
