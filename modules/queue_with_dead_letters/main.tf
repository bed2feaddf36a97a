data "aws_partition" "current" {}

locals {
  # Written out, so that the policies can be read in the plan, before there is anything.
  arns  = { for purpose, name in local.names : purpose => "arn:${data.aws_partition.current.partition}:sqs:${var.region}:${var.account_id}:${name}" }
  names = { dead = "${var.name}-dead", work = var.name }
  urls  = { dead = aws_sqs_queue.dead.url, work = aws_sqs_queue.work.url }

  key_arn = var.kms_key == null ? null : var.kms_key.arn
  managed = var.kms_key == null ? true : null
}

resource "aws_sqs_queue" "work" {
  name                       = local.names.work
  kms_master_key_id          = local.key_arn
  message_retention_seconds  = 4 * 24 * 3600
  receive_wait_time_seconds  = var.receive_wait_seconds
  sqs_managed_sse_enabled    = local.managed
  visibility_timeout_seconds = var.visibility_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.receives
  })
}

# Long enough for a person to be back from a week off.
resource "aws_sqs_queue" "dead" {
  name                      = local.names.dead
  kms_master_key_id         = local.key_arn
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = local.managed
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.urls

  queue_url = each.value
  policy    = data.aws_iam_policy_document.this[each.key].json
}

data "aws_iam_policy_document" "this" {
  for_each = local.arns

  dynamic "statement" {
    for_each = var.rule_arn == "" ? [] : [var.rule_arn]

    content {
      sid       = "TheRule"
      actions   = ["sqs:SendMessage"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:ReceiveMessage", "sqs:SendMessage"]
    resources = [each.value]

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
