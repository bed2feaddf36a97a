locals {
  # Each in words, what it watches, and from where on it speaks.
  alarms = {
    aborted = {
      description = "Runs time out; the state machine waits for workers in vain."
      dimensions  = { StateMachineArn = local.machine_arn }
      metric      = "ExecutionsTimedOut"
      namespace   = "AWS/States"
      statistic   = "Sum"
      threshold   = 1
    }
    dead-letters = {
      description = "Items that no worker could finish wait in the dead-letter queue."
      dimensions  = { QueueName = "${var.name}-dead" }
      metric      = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 1
    }
    failed = {
      description = "A run failed: more stacks than its waves tolerate, or no workers could be started."
      dimensions  = { StateMachineArn = local.machine_arn }
      metric      = "ExecutionsFailed"
      namespace   = "AWS/States"
      statistic   = "Sum"
      threshold   = 1
    }
    late = {
      description = "Items wait for an hour; there are too few workers, or none."
      dimensions  = { QueueName = var.name }
      metric      = "ApproximateAgeOfOldestMessage"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
      threshold   = 3600
    }
    missed = {
      description = "An account was not vended, or drift not looked for: the task could not be started."
      dimensions  = { QueueName = "${var.name}-missed" }
      metric      = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Maximum"
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
