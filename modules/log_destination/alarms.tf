locals {
  # Each in words, what it watches, and from where on it speaks.
  alarms = {
    failing = {
      comparison  = "LessThanThreshold"
      description = "Data Firehose cannot write to the archive."
      metric      = "DeliveryToS3.Success"
      statistic   = "Average"
      threshold   = 1
    }
    late = {
      comparison  = "GreaterThanOrEqualToThreshold"
      description = "The oldest log has waited for ${var.late_seconds} seconds; after a day it is lost."
      metric      = "DeliveryToS3.DataFreshness"
      statistic   = "Maximum"
      threshold   = var.late_seconds
    }
    partitions = {
      comparison  = "GreaterThanOrEqualToThreshold"
      description = "The stream has more partitions than it may have at once; logs of the others go below the prefix for failures."
      metric      = "PartitionCountExceeded"
      statistic   = "Maximum"
      threshold   = 1
    }
    throttled = {
      comparison  = "GreaterThanOrEqualToThreshold"
      description = "Logs arrive faster than the stream may take them."
      metric      = "ThrottledRecords"
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
  comparison_operator = each.value.comparison
  dimensions          = { DeliveryStreamName = var.name }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/Firehose"
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
