data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  here      = "${var.region}:${var.account_id}"

  topics = { for team in keys(var.teams) : team => "${var.prefix}-${team}" }

  # By platform, because each is a resource of its own.
  slack = { for team, told in var.teams : team => told.slack if told.slack != null }
  teams = { for team, told in var.teams : team => told.teams if told.teams != null }
}

resource "aws_sns_topic" "this" {
  for_each = local.topics

  name              = each.value
  display_name      = substr("Findings: ${each.key}", 0, 100)
  kms_master_key_id = module.key.arn
}

resource "aws_sns_topic_policy" "this" {
  for_each = aws_sns_topic.this

  arn    = each.value.arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

# Whoever has the address confirms it by a click; until then SNS sends nothing.
resource "aws_sns_topic_subscription" "email" {
  for_each = { for team, told in var.teams : team => told.email if told.email != "" }

  endpoint  = each.value
  protocol  = "email"
  topic_arn = aws_sns_topic.this[each.key].arn
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topics

  dynamic "statement" {
    for_each = contains(var.alarmed, each.key) ? [each.value] : []

    content {
      sid       = "AlarmsSpeak"
      actions   = ["sns:Publish"]
      resources = ["arn:${local.partition}:sns:${local.here}:${statement.value}"]

      principals {
        type        = "Service"
        identifiers = ["cloudwatch.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = ["arn:${local.partition}:sns:${local.here}:${each.value}"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

module "key" {
  source = "../kms_key"

  account_id  = var.account_id
  description = "Encrypts messages to teams until they are delivered."
  name        = var.prefix
  statements = [
    # AWS's own key for SNS lets no alarm in (SNS developer guide, "Enable compatibility between
    # event sources from AWS services and encrypted topics").
    {
      sid     = "AlarmsSpeak"
      actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      service = "cloudwatch.amazonaws.com"
      conditions = [
        { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
      ]
    },
  ]
}
