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
  region                   = "ap-northeast-1"
}

run "forwards_findings_of_both_services" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == {
      "detail-type" = ["Findings Imported V2", "GuardDuty Finding", "Security Hub Findings - Custom Action", "Security Hub Findings - Imported"]
      source        = ["aws.guardduty", "aws.securityhub"]
    }
    error_message = "The rule must match findings of Security Hub and GuardDuty, and nothing else."
  }
}

run "the_role_is_for_this_rule_and_this_bus" {
  command = plan

  assert {
    condition = { for c in data.aws_iam_policy_document.trust.statement[0].condition : c.variable => c.values } == {
      "aws:SourceAccount" = tolist(["200000000002"])
      "aws:SourceArn"     = tolist(["arn:aws:events:ap-northeast-1:200000000002:rule/findings"])
    }
    error_message = "Another rule may not use the role."
  }

  assert {
    condition     = data.aws_iam_policy_document.permissions.statement[0].resources == toset(["arn:aws:events:ap-northeast-1:200000000002:event-bus/findings"])
    error_message = "The role puts events on this bus only."
  }

  assert {
    condition     = aws_iam_role.this.name == "orchestrator-events-findings"
    error_message = "The apply role makes roles of such names only."
  }
}

run "refuses_the_default_bus" {
  command = plan

  variables {
    name = "default"
  }

  expect_failures = [var.name]
}
