data "aws_partition" "current" {}

locals {
  # Written out, so that the policies can be read in the plan, before there is anything.
  here     = "${var.region}:${var.account_id}"
  bus_arn  = "arn:${data.aws_partition.current.partition}:events:${local.here}:event-bus/${var.bus}"
  rule_arn = "arn:${data.aws_partition.current.partition}:events:${local.here}:rule/${var.bus}/${var.name}"

  queues = { dead = "${var.name}-dead", work = var.name }
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
  arn            = module.queue.arn
  event_bus_name = aws_cloudwatch_event_bus.this.name
  rule           = aws_cloudwatch_event_rule.this.name
  target_id      = "queue"

  # What the queue refuses for a day is not lost either.
  dead_letter_config {
    arn = module.queue.dead_letter_arn
  }

  depends_on = [module.queue]
}

module "queue" {
  source = "../queue_with_dead_letters"

  account_id = var.account_id
  name       = var.name
  receives   = var.receives
  region     = var.region
  rule_arn   = local.rule_arn
  # Longer than a plan takes: who reads it deletes a message once somebody has been told.
  visibility_seconds = 900
}
