resource "aws_sqs_queue" "work" {
  name                      = var.name
  kms_master_key_id         = aws_kms_key.this.arn
  message_retention_seconds = 4 * 24 * 3600
  receive_wait_time_seconds = 20
  # A worker hides what it works on again with each heartbeat; this is for one that falls silent.
  visibility_timeout_seconds = var.heartbeat_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.receives
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  kms_master_key_id         = aws_kms_key.this.arn
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue_policy" "this" {
  for_each = { dead = aws_sqs_queue.dead, work = aws_sqs_queue.work }

  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "queue" {
  for_each = { dead = "${local.queue_arn}-dead", work = local.queue_arn }

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
