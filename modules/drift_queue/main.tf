data "aws_partition" "current" {}

locals {
  # Written out, so that the policies can be read in the plan, before there is anything.
  here     = "${var.region}:${var.account_id}"
  bus_arn  = "arn:${data.aws_partition.current.partition}:events:${local.here}:event-bus/${var.bus}"
  rule_arn = "arn:${data.aws_partition.current.partition}:events:${local.here}:rule/${var.bus}/${var.name}"

  queue_arns = { for purpose, name in local.queues : purpose => "arn:${data.aws_partition.current.partition}:sqs:${local.here}:${name}" }
  queues     = { dead = "${var.name}-dead", work = var.name }
}

# A bus of its own: what may be put on it, and by whom, is another thing than with findings.
resource "aws_cloudwatch_event_bus" "this" {
  name = var.bus
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_rule" "this" {
  name           = var.name
  description    = "Puts calls that change what stacks manage into the queue ${var.name}."
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern  = jsonencode({ "detail-type" = ["AWS API Call via CloudTrail"] })
  state          = "ENABLED"
}

resource "aws_cloudwatch_event_target" "this" {
  arn            = aws_sqs_queue.work.arn
  event_bus_name = aws_cloudwatch_event_bus.this.name
  rule           = aws_cloudwatch_event_rule.this.name
  target_id      = "queue"

  # What the queue refuses for a day is not lost either.
  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }

  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sqs_queue" "work" {
  name                      = local.queues.work
  message_retention_seconds = 4 * 24 * 3600
  sqs_managed_sse_enabled   = true
  # Longer than a plan takes: who reads it deletes a message once somebody has been told.
  visibility_timeout_seconds = 900

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.receives
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = local.queues.dead
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "this" {
  for_each = { dead = aws_sqs_queue.dead.url, work = aws_sqs_queue.work.url }

  queue_url = each.value
  policy    = data.aws_iam_policy_document.queue[each.key].json
}
