mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id            = "200000000003"
  bucket_prefix         = "example-logs"
  home_region           = "ap-northeast-1"
  management_account_id = "200000000001"
  organization_id       = "o-exampleorg1"
}

run "lets_the_organizations_trail_write_and_no_other" {
  command = plan

  assert {
    condition = data.aws_iam_policy_document.cloudtrail.statement[1].resources == toset([
      "arn:aws:s3:::example-logs-cloudtrail/AWSLogs/200000000001/*",
      "arn:aws:s3:::example-logs-cloudtrail/AWSLogs/o-exampleorg1/*",
    ])
    error_message = "CloudTrail writes below the organization's and the management account's path."
  }

  assert {
    condition = alltrue([for s in data.aws_iam_policy_document.cloudtrail.statement :
      contains(flatten([for c in s.condition : c.values if c.variable == "aws:SourceArn"]), "arn:aws:cloudtrail:ap-northeast-1:200000000001:trail/organization")
    ])
    error_message = "CloudTrail must act for the organization's trail."
  }
}

run "the_key_encrypts_for_trail_config_and_delivery" {
  command = plan

  assert {
    condition     = [for s in local.key_statements : s.sid] == ["CloudTrailEncrypts", "CloudTrailDescribes", "ConfigDelivers", "LogsAreDelivered"]
    error_message = "One statement a purpose, and no reader that was not named."
  }

  assert {
    condition = { for c in local.key_statements[0].conditions : c.variable => tolist(c.values) } == {
      "aws:SourceArn"                            = tolist(["arn:aws:cloudtrail:ap-northeast-1:200000000001:trail/organization"])
      "kms:EncryptionContext:aws:cloudtrail:arn" = tolist(["arn:aws:cloudtrail:*:200000000001:trail/*"])
    }
    error_message = "CloudTrail encrypts for the management account's trails only."
  }

  assert {
    condition     = alltrue([for s in local.key_statements : one(s.conditions).variable == "aws:SourceOrgID" && tolist(one(s.conditions).values) == tolist(["o-exampleorg1"]) if contains(["ConfigDelivers", "LogsAreDelivered"], s.sid)])
    error_message = "Services deliver for accounts of the organization only."
  }
}

run "services_deliver_for_the_organization_only" {
  command = plan

  assert {
    condition = alltrue([for s in concat(data.aws_iam_policy_document.config.statement, data.aws_iam_policy_document.logs.statement) :
      contains(flatten([for c in s.condition : c.values if c.variable == "aws:SourceOrgID"]), "o-exampleorg1")
    ])
    error_message = "An account outside of the organization must not be able to deliver."
  }

  assert {
    condition     = data.aws_iam_policy_document.config.statement[1].resources == toset(["arn:aws:s3:::example-logs-config/AWSLogs/*/Config/*"])
    error_message = "AWS Config writes below its own path."
  }
}

run "a_bucket_for_each_purpose_logs_to_the_one_for_access_logs" {
  command = plan

  assert {
    condition     = local.buckets == { access = "example-logs-access", cloudtrail = "example-logs-cloudtrail", config = "example-logs-config", logs = "example-logs-logs" } && keys(local.archives) == ["cloudtrail", "config", "logs"]
    error_message = "A bucket for each purpose, and one that has no log of its own."
  }

  assert {
    condition     = { for c in data.aws_iam_policy_document.access.statement[0].condition : c.variable => length(c.values) } == { "aws:SourceAccount" = 1, "aws:SourceArn" = 3 }
    error_message = "Only the archive's own buckets may log here."
  }
}

run "locks_what_can_be_locked" {
  command = plan

  variables {
    object_lock_days = 365
  }

  assert {
    condition     = local.locked == toset(["cloudtrail", "logs"])
    error_message = "AWS Config and S3's access logs do not write to locked buckets."
  }
}

run "named_accounts_may_read" {
  command = plan

  variables {
    reader_account_ids = ["200000000002"]
  }

  assert {
    condition     = tolist(local.key_statements[4].principal_arns) == tolist(["arn:aws:iam::200000000002:root"]) && tolist(local.key_statements[4].actions) == tolist(["kms:Decrypt", "kms:DescribeKey"])
    error_message = "A reader decrypts and does nothing else."
  }
}

run "refuses_to_delete_before_it_moves" {
  command = plan

  variables {
    expire_after  = 60
    glacier_after = 90
  }

  expect_failures = [var.expire_after]
}

run "refuses_to_lock_longer_than_it_keeps" {
  command = plan

  variables {
    expire_after     = 400
    object_lock_days = 500
  }

  expect_failures = [var.object_lock_days]
}

run "refuses_a_prefix_that_no_bucket_can_have" {
  command = plan

  variables {
    bucket_prefix = "Example_Logs"
  }

  expect_failures = [var.bucket_prefix]
}

run "tells_nobody_of_new_files_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_sqs_queue.this) + length(aws_s3_bucket_notification.this) == 0 && output.queue_arn == ""
    error_message = "Without a reader there is no queue."
  }
}

run "tells_one_role_of_cloudtrails_new_files" {
  command = plan

  variables {
    queue_reader_arn = "arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"
  }

  assert {
    condition     = aws_sqs_queue.this[0].name == "orchestrator-siem" && aws_sqs_queue.this[0].sqs_managed_sse_enabled && aws_sqs_queue.this[0].visibility_timeout_seconds == 600
    error_message = "The queue is encrypted, and hides a message while its file is read."
  }

  assert {
    condition     = [for queue in aws_s3_bucket_notification.this[0].queue : queue.filter_suffix] == [".json.gz"]
    error_message = "Only of files with records."
  }

  assert {
    condition     = [for condition in data.aws_iam_policy_document.queue[0].statement[1].condition : condition.values[0]] == ["arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"]
    error_message = "No other role of the account hears of them."
  }
}

run "refuses_a_reader_that_is_no_role" {
  command = plan

  variables {
    queue_reader_arn = "arn:aws:iam::200000000002:root"
  }

  expect_failures = [var.queue_reader_arn]
}

run "tells_of_flow_logs_and_name_queries_by_queues_of_their_own" {
  command = plan

  variables {
    log_queue_reader_arns = {
      flow     = "arn:aws:iam::200000000002:role/orchestrator-siem-flow-pipeline"
      resolver = "arn:aws:iam::200000000002:role/orchestrator-siem-resolver-pipeline"
    }
  }

  assert {
    condition     = { for queue in aws_s3_bucket_notification.log[0].queue : queue.filter_suffix => queue.filter_prefix } == { ".log.gz" = "AWSLogs/", ".parquet" = "AWSLogs/" }
    error_message = "One bucket tells two queues, each of its own files."
  }

  assert {
    condition     = toset([for queue in aws_sqs_queue.dead : queue.name]) == toset(["orchestrator-siem-flow-dead", "orchestrator-siem-resolver-dead"])
    error_message = "What cannot be read comes to an end, beside the queue."
  }

  assert {
    condition     = data.aws_iam_policy_document.log_queue["flow"].statement[1].resources == toset(["arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem-flow"]) && length(aws_s3_bucket_notification.this) == 0
    error_message = "Each role hears of its own files."
  }
}

run "refuses_a_queue_for_other_logs" {
  command = plan

  variables {
    log_queue_reader_arns = { waf = "arn:aws:iam::200000000002:role/orchestrator-siem-waf-pipeline" }
  }

  expect_failures = [var.log_queue_reader_arns]
}
