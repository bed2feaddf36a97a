locals {
  # Each in words, what it watches, and from where on it speaks.
  alarms = {
    dead-letters = {
      description = "Changes made by hand that could not be looked at wait in the dead-letter queue."
      dimensions  = { QueueName = local.queues.dead }
      metric      = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 1
    }
    late = {
      description = "Changes made by hand wait for ${var.late_minutes} minutes; nobody listens, or not fast enough."
      dimensions  = { QueueName = local.queues.work }
      metric      = "ApproximateAgeOfOldestMessage"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 60 * var.late_minutes
    }
    lost = {
      description = "Changes made by hand reach neither the queue nor its dead letters."
      dimensions  = { EventBusName = var.bus, RuleName = var.name }
      metric      = "InvocationsFailedToBeSentToDlq"
      namespace   = "AWS/Events"
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
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = each.value.dimensions
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
