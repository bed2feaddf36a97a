mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-orders" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000002:role/orchestrator-chat" }
  }
}

variables {
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"

  teams = {
    orders = { email = "orders@example.com" }
    web    = { slack = { workspace_id = "T0123456789", channel_id = "C0123456789" } }
  }
}

run "each_team_has_a_topic_and_is_told_as_it_wants" {
  command = apply

  assert {
    condition     = { for team, topic in aws_sns_topic.this : team => topic.name } == { orders = "orchestrator-team-orders", web = "orchestrator-team-web" }
    error_message = "A topic is called after its team."
  }

  assert {
    condition     = { for team, one in aws_sns_topic_subscription.email : team => one.endpoint } == { orders = "orders@example.com" }
    error_message = "Mail goes to teams that want mail."
  }

  assert {
    condition     = keys(aws_chatbot_slack_channel_configuration.this) == ["web"] && length(aws_chatbot_teams_channel_configuration.this) == 0
    error_message = "A channel is made for teams that have one."
  }
}

run "a_channel_may_do_nothing" {
  command = apply

  assert {
    condition     = aws_chatbot_slack_channel_configuration.this["web"].guardrail_policy_arns == tolist(["arn:aws:iam::aws:policy/AWSDenyAll"])
    error_message = "Commands from a channel must be refused."
  }

  assert {
    condition     = aws_iam_role.chat[0].permissions_boundary == "arn:aws:iam::200000000002:policy/orchestrator-boundary"
    error_message = "The boundary must be on the role."
  }
}

run "alarms_of_this_account_may_speak_and_nobody_elses" {
  command = plan

  variables {
    alarmed = ["orders"]
    teams   = { orders = {}, web = {} }
  }

  assert {
    condition = {
      for s in data.aws_iam_policy_document.topic["orders"].statement : s.sid => one(s.condition).values if s.effect != "Deny"
    } == { AlarmsSpeak = tolist(["200000000002"]) }
    error_message = "A topic lets in the alarms of its own account."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.topic["web"].statement : s.sid] == ["TlsOnly"]
    error_message = "A topic that no alarm tells lets none in."
  }

  assert {
    condition     = length(aws_iam_role.chat) == 0 && length(aws_sns_topic_subscription.email) == 0
    error_message = "Nothing is made that nobody asked for."
  }
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    teams = { orders = { email = "orders" } }
  }

  expect_failures = [var.teams]
}

run "refuses_two_channels_for_a_team" {
  command = plan

  variables {
    teams = {
      web = {
        slack = { workspace_id = "T0123456789", channel_id = "C0123456789" }
        teams = { tenant_id = "t", team_id = "x", channel_id = "c" }
      }
    }
  }

  expect_failures = [var.teams]
}
