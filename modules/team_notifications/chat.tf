# Amazon Q Developer in chat applications, which was AWS Chatbot. Somebody has to let it into the
# workspace or tenant once, in its console; after that channels are made here.
resource "aws_chatbot_slack_channel_configuration" "this" {
  for_each = local.slack

  configuration_name          = local.topics[each.key]
  guardrail_policy_arns       = [local.nothing]
  iam_role_arn                = aws_iam_role.chat[0].arn
  logging_level               = "ERROR"
  slack_channel_id            = each.value.channel_id
  slack_team_id               = each.value.workspace_id
  sns_topic_arns              = [aws_sns_topic.this[each.key].arn]
  user_authorization_required = true
}

resource "aws_chatbot_teams_channel_configuration" "this" {
  for_each = local.teams

  channel_id                  = each.value.channel_id
  configuration_name          = local.topics[each.key]
  guardrail_policy_arns       = [local.nothing]
  iam_role_arn                = aws_iam_role.chat[0].arn
  logging_level               = "ERROR"
  sns_topic_arns              = [aws_sns_topic.this[each.key].arn]
  team_id                     = each.value.team_id
  tenant_id                   = each.value.tenant_id
  user_authorization_required = true
}

locals {
  # Messages go to the channel; commands from the channel may do nothing.
  nothing = "arn:${local.partition}:iam::aws:policy/AWSDenyAll"
}

# A channel has to have a role. It may do nothing: messages need none of its rights.
resource "aws_iam_role" "chat" {
  count = length(local.slack) + length(local.teams) == 0 ? 0 : 1

  name                 = "orchestrator-chat" # the apply role makes no role of another name
  description          = "Stands for chat channels that are told about findings; may do nothing."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Chat"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["chatbot.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}
