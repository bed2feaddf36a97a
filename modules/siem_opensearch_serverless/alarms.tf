locals {
  collection_dimensions = {
    ClientId       = var.account_id
    CollectionId   = aws_opensearchserverless_collection.this.id
    CollectionName = var.name
  }

  # Each in words, what it watches, and from where on it speaks. Source: OpenSearch Service developer
  # guide, "Monitoring OpenSearch Serverless with Amazon CloudWatch".
  alarms = {
    capacity = {
      description = "Indexing in this account takes as many units as were meant to be paid for."
      dimensions  = { ClientId = var.account_id }
      metric      = "IndexingOCU", statistic = "Maximum", threshold = var.alarm_indexing_units
    }
    documents = {
      description = "The collection refuses documents."
      dimensions  = local.collection_dimensions
      metric      = "IngestionDocumentErrors", statistic = "Sum", threshold = 1
    }
    requests = {
      description = "The collection refuses requests to write."
      dimensions  = local.collection_dimensions
      metric      = "IngestionRequestErrors", statistic = "Sum", threshold = 1
    }
    search = {
      description = "Searching in this account takes as many units as were meant to be paid for."
      dimensions  = { ClientId = var.account_id }
      metric      = "SearchOCU", statistic = "Maximum", threshold = var.alarm_search_units
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
  namespace           = "AWS/AOSS"
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
