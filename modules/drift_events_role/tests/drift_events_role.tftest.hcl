mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "ap-northeast-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id               = "200000000006"
  bus_arn                  = "arn:aws:events:ap-northeast-1:200000000002:event-bus/orchestrator-drift"
  permissions_boundary_arn = "arn:aws:iam::200000000006:policy/orchestrator-boundary"
}

run "the_role_is_for_these_rules_and_this_bus" {
  command = plan

  assert {
    condition = { for c in data.aws_iam_policy_document.trust.statement[0].condition : c.variable => c.values } == {
      "aws:SourceAccount" = tolist(["200000000006"])
      "aws:SourceArn"     = tolist(["arn:aws:events:*:200000000006:rule/orchestrator-drift*"])
    }
    error_message = "Other rules may not use the role."
  }

  assert {
    condition     = data.aws_iam_policy_document.permissions.statement[0].actions == toset(["events:PutEvents"]) && data.aws_iam_policy_document.permissions.statement[0].resources == toset([var.bus_arn])
    error_message = "The role puts events on this bus, and does nothing else."
  }

  assert {
    condition     = aws_iam_role.this.name == "orchestrator-events-drift" && aws_iam_role.this.permissions_boundary == var.permissions_boundary_arn
    error_message = "The apply role makes bounded roles of such names only."
  }
}

run "refuses_the_default_bus" {
  command = plan

  variables {
    bus_arn = "arn:aws:events:ap-northeast-1:200000000002:event-bus/default"
  }

  expect_failures = [var.bus_arn]
}
