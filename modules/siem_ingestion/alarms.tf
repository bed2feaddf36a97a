locals {
  # Each in words, what it watches, and from where on it speaks. Source: OpenSearch Service developer
  # guide, "Monitoring OpenSearch Ingestion metrics", and SQS's.
  alarms = {
    late = {
      description = "Logs wait for an hour; the pipeline does not keep up, or stands."
      dimensions  = { QueueName = element(split(":", var.source_logs.queue_arn), 5) }
      metric      = "ApproximateAgeOfOldestMessage", namespace = "AWS/SQS", statistic = "Maximum", threshold = 3600
    }
    refused = {
      description = "The target refused events; they are in the dead-letter bucket."
      dimensions  = { PipelineName = var.name }
      metric      = "${var.name}.opensearch.s3.dlqS3RecordsSuccess.count", namespace = "AWS/OSIS", statistic = "Sum", threshold = 1
    }
    lost = {
      description = "Events that the target refused could not be kept either."
      dimensions  = { PipelineName = var.name }
      metric      = "${var.name}.opensearch.s3.dlqS3RecordsFailed.count", namespace = "AWS/OSIS", statistic = "Sum", threshold = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  # A queue of another account has its metrics there. Queue and buckets are of one account; the queue's
  # name is not known before Security Lake has made it.
  for_each = { for name, alarm in local.alarms : name => alarm if name != "late" || var.source_logs.owner_account_id == var.account_id }

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
