locals {
  # What our own roles do and what has failed stays in the account, as do calls on what no stack
  # manages. A user and the root user have no role behind them, and are nobody of ours.
  patterns = { for rule, each in var.calls : rule => jsonencode({
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      errorCode    = [{ exists = false }]
      eventName    = sort(each.names)
      eventSource  = sort(each.sources)
      userIdentity = { sessionContext = { sessionIssuer = { arn = [{ anything-but = sort(var.own_role_arns) }, { exists = false }] } } }
    }
  }) }
}

# On the default bus, where AWS services speak.
resource "aws_cloudwatch_event_rule" "this" {
  for_each = var.calls

  name          = each.key
  description   = "Forwards calls that change what the orchestrator's stacks manage."
  event_pattern = local.patterns[each.key]
  state         = "ENABLED" # else nobody misses a rule that was turned off by hand

  lifecycle {
    precondition {
      # EventBridge user guide, quotas.
      condition     = length(local.patterns[each.key]) <= 2048
      error_message = "The rule ${each.key} names too many calls: EventBridge takes a pattern of 2,048 characters, not ${length(local.patterns[each.key])}."
    }
  }
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this

  arn       = var.bus_arn
  role_arn  = var.role_arn
  rule      = each.value.name
  target_id = "bus"
}
