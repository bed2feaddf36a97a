locals {
  # A data node takes 1000 shards unless told otherwise (OpenSearch Service developer guide,
  # "Choosing the number of shards"); from nine tenths of them on, somebody has to look.
  most_shards = 900 * var.data.count

  # Each in words, what it watches, and from where on it speaks. Source: OpenSearch Service developer
  # guide, "Recommended CloudWatch alarms". FreeStorageSpace is in megabytes, of the fullest node.
  alarms = {
    blocked = {
      description = "The domain takes no more documents: its disks or its memory are full."
      metric      = "ClusterIndexWritesBlocked", statistic = "Maximum", threshold = 1, periods = 1
    }
    disk = {
      comparison  = "LessThanOrEqualToThreshold"
      description = "A data node has less than a quarter of its disk left."
      metric      = "FreeStorageSpace", statistic = "Minimum", threshold = var.data.volume_gb * 1024 / 4, periods = 1
    }
    jvm = {
      description = "A data node is short of memory."
      metric      = "JVMMemoryPressure", statistic = "Maximum", threshold = 95, periods = 3
    }
    key = {
      description = "The key that encrypts the domain cannot be used; in time the data is lost."
      metric      = "KMSKeyError", statistic = "Maximum", threshold = 1, periods = 1
    }
    master-jvm = {
      description = "A master node is short of memory."
      metric      = "MasterJVMMemoryPressure", statistic = "Maximum", threshold = 95, periods = 3
    }
    red = {
      description = "A primary shard and its replicas are on no node: part of the logs cannot be read."
      metric      = "ClusterStatus.red", statistic = "Maximum", threshold = 1, periods = 1
    }
    shards = {
      description = "There are nearly as many shards as the nodes may hold; then no index can be made."
      metric      = "Shards.active", statistic = "Maximum", threshold = local.most_shards, periods = 1
    }
    snapshot = {
      description = "The hourly snapshot failed."
      metric      = "AutomatedSnapshotFailure", statistic = "Maximum", threshold = 1, periods = 1
    }
    yellow = {
      description = "Replicas have been on no node for half an hour; a second fault loses logs."
      metric      = "ClusterStatus.yellow", statistic = "Maximum", threshold = 1, periods = 6
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_actions       = sort(var.alarm_topic_arns)
  alarm_description   = each.value.description
  comparison_operator = lookup(each.value, "comparison", "GreaterThanOrEqualToThreshold")
  dimensions          = { ClientId = var.account_id, DomainName = var.name }
  evaluation_periods  = each.value.periods
  metric_name         = each.value.metric
  namespace           = "AWS/ES"
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
