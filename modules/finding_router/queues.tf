# Of everything that is on the bus, what Security Hub says: it holds the findings of GuardDuty,
# Inspector, Macie and the others, too, so that each arrives once.
resource "aws_cloudwatch_event_rule" "findings" {
  name           = var.name
  description    = "Puts the findings of Security Hub into the queue ${var.name}."
  event_bus_name = var.bus_name
  event_pattern = jsonencode({
    "detail-type" = ["Findings Imported V2", "Security Hub Findings - Custom Action", "Security Hub Findings - Imported"]
    source        = ["aws.securityhub"]
  })
  state = "ENABLED"
}

resource "aws_cloudwatch_event_target" "findings" {
  arn            = aws_sqs_queue.work.arn
  event_bus_name = var.bus_name
  rule           = aws_cloudwatch_event_rule.findings.name
  target_id      = "queue"

  # What the queue refuses for a day is not lost either.
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }

  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sqs_queue" "work" {
  name                      = local.queues.work
  kms_master_key_id         = aws_kms_key.this.arn
  message_retention_seconds = 4 * 24 * 3600
  # Six times the function's time (Lambda developer guide, "Creating and configuring an Amazon SQS
  # event source mapping").
  visibility_timeout_seconds = 6 * var.timeout

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.receives
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = local.queues.dead
  kms_master_key_id         = aws_kms_key.this.arn
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue_policy" "this" {
  for_each = { dead = aws_sqs_queue.dead.url, work = aws_sqs_queue.work.url }

  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "queue" {
  for_each = local.queue_arns

  statement {
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
      values   = [local.rule_arns.findings]
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
