mock_provider "aws" {}

variables {
  bus_arn       = "arn:aws:events:ap-northeast-1:200000000002:event-bus/orchestrator-drift"
  own_role_arns = ["arn:aws:iam::200000000006:role/orchestrator-apply"]
  role_arn      = "arn:aws:iam::200000000006:role/orchestrator-events-drift"

  calls = {
    orchestrator-drift = { names = ["PutRolePolicy", "DeleteRole"], sources = ["iam.amazonaws.com"] }
  }
}

run "forwards_what_others_have_changed" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["orchestrator-drift"].event_pattern) == {
      "detail-type" = ["AWS API Call via CloudTrail"]
      detail = {
        errorCode    = [{ exists = false }]
        eventName    = ["DeleteRole", "PutRolePolicy"]
        eventSource  = ["iam.amazonaws.com"]
        userIdentity = { sessionContext = { sessionIssuer = { arn = [{ anything-but = ["arn:aws:iam::200000000006:role/orchestrator-apply"] }, { exists = false }] } } }
      }
    }
    error_message = "The rule must match successful calls of others, and nothing else."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["orchestrator-drift"].arn == var.bus_arn && aws_cloudwatch_event_target.this["orchestrator-drift"].role_arn == var.role_arn
    error_message = "Another account's bus is reached with a role, or not at all."
  }
}

run "a_rule_that_was_turned_off_by_hand_is_turned_on_again" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_cloudwatch_event_rule.this : rule.state == "ENABLED"])
    error_message = "A rule's state is said, so that Terraform sees another one."
  }
}

run "refuses_the_default_bus" {
  command = plan

  variables {
    bus_arn = "arn:aws:events:ap-northeast-1:200000000002:event-bus/default"
  }

  expect_failures = [var.bus_arn]
}

run "refuses_to_forward_what_we_do_ourselves" {
  command = plan

  variables {
    own_role_arns = []
  }

  expect_failures = [var.own_role_arns]
}

run "refuses_rules_that_the_apply_role_may_not_make" {
  command = plan

  variables {
    calls = { mine = { names = ["DeleteRole"], sources = ["iam.amazonaws.com"] } }
  }

  expect_failures = [var.calls]
}

run "refuses_a_pattern_that_eventbridge_does_not_take" {
  command = plan

  variables {
    calls = { orchestrator-drift = { names = [for number in range(200) : "PutRolePolicy${number}"], sources = ["iam.amazonaws.com"] } }
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}
