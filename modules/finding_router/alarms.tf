locals {
  # Each in words, what it watches, and from where on it speaks.
  alarms = {
    dead-letters = {
      description = "Findings that could not be worked on wait in the dead-letter queue."
      dimensions  = { QueueName = local.queues.dead }
      metric      = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 1
    }
    errors = {
      description = "The function fails."
      dimensions  = { FunctionName = var.name }
      metric      = "Errors"
      namespace   = "AWS/Lambda"
      statistic   = "Sum"
      threshold   = 1
    }
    failing = {
      description = "A resource was fixed, and its control still fails."
      dimensions  = {}
      metric      = "failing"
      namespace   = "Orchestrator/Findings"
      statistic   = "Sum"
      threshold   = 1
    }
    forwarding = {
      description = "Findings are not forwarded to the bus ${var.bus_name}."
      dimensions  = { RuleName = var.bus_name }
      metric      = "FailedInvocations"
      namespace   = "AWS/Events"
      statistic   = "Sum"
      threshold   = 1
    }
    late = {
      description = "Findings wait for an hour; the function does not keep up."
      dimensions  = { QueueName = local.queues.work }
      metric      = "ApproximateAgeOfOldestMessage"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 3600
    }
    lost = {
      description = "Findings reach neither the queue nor its dead letters."
      dimensions  = { EventBusName = var.bus_name, RuleName = var.name }
      metric      = "InvocationsFailedToBeSentToDlq"
      namespace   = "AWS/Events"
      statistic   = "Sum"
      threshold   = 1
    }
    # The ticks themselves are not counted where it cannot be told of them: when it is not called, may
    # not write its log, or the log's key is locked. Then no other metric of its own comes, either.
    silent = {
      comparison  = "LessThanThreshold"
      description = "The function has not said for three ticks that it was called."
      dimensions  = {}
      metric      = "digests"
      missing     = "breaching"
      namespace   = "Orchestrator/Findings"
      period      = 60 * var.tick_minutes
      periods     = 3
      statistic   = "SampleCount"
      threshold   = 1
    }
    stopped = {
      description = "A circuit breaker or the kill switch holds fixes back."
      dimensions  = {}
      metric      = "stopped"
      namespace   = "Orchestrator/Findings"
      statistic   = "Sum"
      threshold   = 1
    }
    throttles = {
      description = "The function is called more often than it may run."
      dimensions  = { FunctionName = var.name }
      metric      = "Throttles"
      namespace   = "AWS/Lambda"
      statistic   = "Sum"
      threshold   = 10
    }
    tick = {
      description = "The function is not called when something is due."
      dimensions  = { RuleName = "${var.name}-tick" }
      metric      = "FailedInvocations"
      namespace   = "AWS/Events"
      statistic   = "Sum"
      threshold   = 1
    }
    untold = {
      description = "A team or Security Hub could not be told of what was done, or of what a person has to do."
      dimensions  = {}
      metric      = "problem"
      namespace   = "Orchestrator/Findings"
      statistic   = "Sum"
      threshold   = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = sort(var.alarm_topic_arns)
  alarm_description   = each.value.description
  comparison_operator = lookup(each.value, "comparison", "GreaterThanOrEqualToThreshold")
  dimensions          = each.value.dimensions
  evaluation_periods  = lookup(each.value, "periods", 1)
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  period              = lookup(each.value, "period", 300)
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = lookup(each.value, "missing", "notBreaching")
}
