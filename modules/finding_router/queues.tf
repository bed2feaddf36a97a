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
  arn            = module.queue.arn
  event_bus_name = var.bus_name
  rule           = aws_cloudwatch_event_rule.findings.name
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
  kms_key    = { arn = module.key.arn }
  name       = var.name
  receives   = var.receives
  region     = var.region
  rule_arn   = local.rule_arns.findings
  # Six times the function's time (Lambda developer guide, "Creating and configuring an Amazon SQS
  # event source mapping").
  visibility_seconds = 6 * var.timeout
}
