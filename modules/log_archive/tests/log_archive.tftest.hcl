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

run "keeps_four_buckets_versioned_closed_and_owned" {
  command = plan

  assert {
    condition     = sort([for bucket in aws_s3_bucket.this : bucket.bucket]) == tolist(["example-logs-access", "example-logs-cloudtrail", "example-logs-config", "example-logs-logs"])
    error_message = "A bucket for each purpose."
  }

  assert {
    condition     = alltrue([for v in aws_s3_bucket_versioning.this : v.versioning_configuration[0].status == "Enabled"]) && length(aws_s3_bucket_versioning.this) == 4
    error_message = "A log that was overwritten must be recoverable."
  }

  assert {
    condition     = alltrue([for b in aws_s3_bucket_public_access_block.this : b.block_public_acls && b.block_public_policy && b.ignore_public_acls && b.restrict_public_buckets])
    error_message = "Every bucket must be closed to the public."
  }

  assert {
    condition     = alltrue([for o in aws_s3_bucket_ownership_controls.this : one(o.rule).object_ownership == "BucketOwnerEnforced"])
    error_message = "Whoever delivers a log must not own it."
  }
}

run "encrypts_with_the_key_except_where_s3_cannot" {
  command = plan

  assert {
    condition = { for purpose, e in aws_s3_bucket_server_side_encryption_configuration.this : purpose => one(one(e.rule).apply_server_side_encryption_by_default).sse_algorithm } == {
      access = "AES256", cloudtrail = "aws:kms", config = "aws:kms", logs = "aws:kms"
    }
    error_message = "S3 writes access logs to buckets with SSE-S3 only; all others use the key."
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_alias.this.name == "alias/example-logs"
    error_message = "The key must rotate and be found by its alias."
  }
}

run "denies_requests_without_tls_on_every_bucket" {
  command = plan

  assert {
    condition = alltrue([for purpose, document in data.aws_iam_policy_document.bucket :
      document.statement[0].sid == "TlsOnly" && document.statement[0].effect == "Deny" &&
      document.statement[0].resources == toset(["arn:aws:s3:::example-logs-${purpose}", "arn:aws:s3:::example-logs-${purpose}/*"])
    ])
    error_message = "Plain HTTP must be denied for each bucket and everything in it."
  }
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
    condition     = [for s in data.aws_iam_policy_document.key.statement : s.sid] == ["AccountAdministers", "CloudTrailEncrypts", "CloudTrailDescribes", "ConfigDelivers", "LogsAreDelivered"]
    error_message = "One statement a purpose, and no reader that was not named."
  }

  assert {
    condition = { for c in data.aws_iam_policy_document.key.statement[1].condition : c.variable => c.values } == {
      "aws:SourceArn"                            = tolist(["arn:aws:cloudtrail:ap-northeast-1:200000000001:trail/organization"])
      "kms:EncryptionContext:aws:cloudtrail:arn" = tolist(["arn:aws:cloudtrail:*:200000000001:trail/*"])
    }
    error_message = "CloudTrail encrypts for the management account's trails only."
  }

  assert {
    condition     = alltrue([for s in data.aws_iam_policy_document.key.statement : one(s.condition).variable == "aws:SourceOrgID" && one(s.condition).values == tolist(["o-exampleorg1"]) if contains(["ConfigDelivers", "LogsAreDelivered"], s.sid)])
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

run "logs_the_requests_to_the_archive" {
  command = plan

  assert {
    condition     = { for purpose, l in aws_s3_bucket_logging.this : purpose => l.target_prefix } == { cloudtrail = "example-logs-cloudtrail/", config = "example-logs-config/", logs = "example-logs-logs/" }
    error_message = "Who reads the archive must be recorded, apart for each bucket."
  }

  assert {
    condition     = { for c in data.aws_iam_policy_document.access.statement[0].condition : c.variable => length(c.values) } == { "aws:SourceAccount" = 1, "aws:SourceArn" = 3 }
    error_message = "Only the archive's own buckets may log here."
  }
}

run "moves_logs_and_deletes_them_in_the_end" {
  command = plan

  variables {
    expire_after  = 400
    glacier_after = 30
  }

  assert {
    condition     = alltrue([for l in aws_s3_bucket_lifecycle_configuration.this : one(l.rule[0].expiration).days == 400 && one(l.rule[0].abort_incomplete_multipart_upload).days_after_initiation == 7])
    error_message = "Every log must end, and so must uploads that were given up."
  }

  assert {
    condition     = { for purpose, l in aws_s3_bucket_lifecycle_configuration.this : purpose => [for t in l.rule[0].transition : t.days] } == { access = [], cloudtrail = [30], config = [30], logs = [30] }
    error_message = "Logs must move to Glacier Instant Retrieval, the tiny access logs excepted."
  }
}

run "locks_nothing_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.this) == 0
    error_message = "Object lock is a decision of its own."
  }
}

run "locks_what_can_be_locked" {
  command = plan

  variables {
    object_lock_days = 365
  }

  assert {
    condition     = { for purpose, l in aws_s3_bucket_object_lock_configuration.this : purpose => one(one(l.rule).default_retention).days } == { cloudtrail = 365, logs = 365 }
    error_message = "AWS Config and S3's access logs do not write to locked buckets."
  }

  assert {
    condition     = aws_s3_bucket.this["cloudtrail"].object_lock_enabled && aws_s3_bucket.this["logs"].object_lock_enabled
    error_message = "Buckets must be made with object lock."
  }
}

run "named_accounts_may_read" {
  command = plan

  variables {
    reader_account_ids = ["200000000002"]
  }

  assert {
    condition     = one(data.aws_iam_policy_document.key.statement[5].principals).identifiers == toset(["arn:aws:iam::200000000002:root"]) && data.aws_iam_policy_document.key.statement[5].actions == toset(["kms:Decrypt", "kms:DescribeKey"])
    error_message = "A reader decrypts and does nothing else."
  }

  assert {
    condition     = alltrue([for d in data.aws_iam_policy_document.bucket : d.statement[1].sid == "ReadersRead" && !contains(d.statement[1].actions, "s3:PutObject")])
    error_message = "A reader reads every bucket and writes none."
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
