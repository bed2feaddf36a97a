mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id      = "200000000002"
  organization_id = "o-exampleorg1"
  region          = "ap-northeast-1"
}

run "takes_calls_from_the_organization_only" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.bus.statement[0].actions == toset(["events:PutEvents"]) && data.aws_iam_policy_document.bus.statement[0].resources == toset(["arn:aws:events:ap-northeast-1:200000000002:event-bus/orchestrator-drift"])
    error_message = "Others may put events on this bus, and do nothing else."
  }

  assert {
    condition = { for c in data.aws_iam_policy_document.bus.statement[0].condition : c.variable => c.values } == {
      "aws:PrincipalOrgID" = tolist(["o-exampleorg1"])
      "events:detail-type" = tolist(["AWS API Call via CloudTrail"])
      "events:source"      = tolist(["aws.*"])
    }
    error_message = "Neither strangers nor other events may come in."
  }
}

run "only_the_rule_fills_the_queues" {
  command = plan

  assert {
    condition     = local.rule_arn == "arn:aws:events:ap-northeast-1:200000000002:rule/orchestrator-drift/orchestrator-drift-events"
    error_message = "Another rule may not send."
  }
}

run "says_when_nobody_listens" {
  command = plan

  variables {
    late_minutes = 30
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["late"].threshold == 1800 && aws_cloudwatch_metric_alarm.this["late"].dimensions == tomap({ QueueName = "orchestrator-drift-events" })
    error_message = "The alarm is on the age of the oldest event."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["lost"].dimensions == tomap({ EventBusName = "orchestrator-drift", RuleName = "orchestrator-drift-events" })
    error_message = "What neither queue takes is told."
  }
}

run "refuses_the_default_bus" {
  command = plan

  variables {
    bus = "default"
  }

  expect_failures = [var.bus]
}
