locals {
  # Each in words, what it watches, and from where on it speaks.
  alarms = {
    dead-letters = {
      description = "Changes made by hand that could not be looked at wait in the dead-letter queue."
      metric      = "ApproximateNumberOfMessagesVisible"
      queue       = local.queues.dead
      threshold   = 1
    }
    late = {
      description = "Changes made by hand wait for ${var.late_minutes} minutes; nobody listens, or not fast enough."
      metric      = "ApproximateAgeOfOldestMessage"
      queue       = local.queues.work
      threshold   = 60 * var.late_minutes
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = sort(var.alarm_topic_arns)
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions          = { QueueName = each.value.queue }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/SQS"
  period              = 300
  statistic           = "Maximum"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
