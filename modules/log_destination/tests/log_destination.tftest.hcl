mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000003:role/orchestrator-logs" }
  }
}

variables {
  account_id               = "200000000003"
  bucket_arn               = "arn:aws:s3:::example-logs-logs"
  kms_key_arn              = "arn:aws:kms:ap-northeast-1:200000000003:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
  organization_id          = "o-exampleorg1"
  permissions_boundary_arn = "arn:aws:iam::200000000003:policy/orchestrator-boundary"
  region                   = "us-east-1"
}

run "takes_logs_from_the_organization_only" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.destination.statement[0].actions == toset(["logs:PutAccountPolicy", "logs:PutSubscriptionFilter"]) && data.aws_iam_policy_document.destination.statement[0].resources == toset(["arn:aws:logs:us-east-1:200000000003:destination:orchestrator-logs"])
    error_message = "Others may subscribe to this destination, and do nothing else."
  }

  assert {
    condition     = { for c in data.aws_iam_policy_document.destination.statement[0].condition : c.variable => c.values } == { "aws:PrincipalOrgID" = tolist(["o-exampleorg1"]) }
    error_message = "Strangers may not send logs."
  }

  assert {
    condition     = { for c in data.aws_iam_policy_document.logs_trust.statement[0].condition : c.variable => c.values } == { "aws:SourceArn" = tolist(["arn:aws:logs:us-east-1:*:*"]), "aws:SourceOrgID" = tolist(["o-exampleorg1"]) }
    error_message = "CloudWatch Logs uses the role for accounts of the organization only."
  }
}

run "writes_accounts_regions_and_days_apart" {
  command = plan

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].prefix == "cloudwatch/region=us-east-1/accounts=!{partitionKeyFromQuery:accounts}/eventDay=!{timestamp:yyyyMMdd}/"
    error_message = "Engines prune by region, two digits of the account, and day."
  }

  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].error_output_prefix, "cloudwatch-failed/region=us-east-1/type=!{firehose:error-output-type}/")
    error_message = "What could not be read must be kept, apart."
  }

  assert {
    condition     = [for p in aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].processing_configuration[0].processors : p.type] == ["Decompression", "MetadataExtraction", "AppendDelimiterToRecord"]
    error_message = "Logs are opened, asked for their account, and written a line each."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].compression_format == "GZIP" && aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].kms_key_arn == var.kms_key_arn && aws_kinesis_firehose_delivery_stream.this.server_side_encryption[0].enabled
    error_message = "Compressed, and encrypted on the way and where it stays."
  }
}

run "roles_do_one_thing_each" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.hand_over.statement[0].resources == toset(["arn:aws:firehose:us-east-1:200000000003:deliverystream/orchestrator-logs"]) && length(data.aws_iam_policy_document.hand_over.statement) == 1
    error_message = "CloudWatch Logs fills this stream only."
  }

  assert {
    condition = { for s in data.aws_iam_policy_document.delivery.statement : s.sid => s.resources } == {
      Encrypts          = toset(["arn:aws:kms:ap-northeast-1:200000000003:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"])
      FindsTheBucket    = toset(["arn:aws:s3:::example-logs-logs"])
      SaysWhatWentWrong = toset(["arn:aws:logs:us-east-1:200000000003:log-group:/aws/kinesisfirehose/orchestrator-logs:log-stream:delivery"])
      WritesLogs        = toset(["arn:aws:s3:::example-logs-logs/cloudwatch/region=us-east-1/*", "arn:aws:s3:::example-logs-logs/cloudwatch-failed/region=us-east-1/*"])
    }
    error_message = "Data Firehose writes below its own prefixes only."
  }

  assert {
    condition     = data.aws_iam_policy_document.delivery.statement[1].actions == toset(["s3:AbortMultipartUpload", "s3:PutObject"]) && one(data.aws_iam_policy_document.delivery.statement[2].condition).values == tolist(["s3.ap-northeast-1.amazonaws.com"])
    error_message = "It reads nothing, and uses the key for the bucket's region only."
  }

  assert {
    condition     = { for c in data.aws_iam_policy_document.firehose_trust.statement[0].condition : c.variable => c.values } == { "aws:SourceAccount" = tolist(["200000000003"]), "aws:SourceArn" = tolist(["arn:aws:firehose:us-east-1:200000000003:deliverystream/orchestrator-logs"]) }
    error_message = "Another stream may not use the role."
  }

  assert {
    condition     = { for purpose, role in aws_iam_role.this : purpose => role.name } == { delivery = "orchestrator-logs-delivery-us-east-1", destination = "orchestrator-logs-destination-us-east-1" } && alltrue([for role in aws_iam_role.this : role.permissions_boundary == var.permissions_boundary_arn])
    error_message = "Roles of two regions must not be called the same, and are bounded."
  }
}

run "says_when_logs_do_not_arrive" {
  command = plan

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => [alarm.metric_name, alarm.threshold] } == {
      failing    = ["DeliveryToS3.Success", 1]
      late       = ["DeliveryToS3.DataFreshness", 3600]
      partitions = ["PartitionCountExceeded", 1]
      throttled  = ["ThrottledRecords", 1]
    }
    error_message = "Failures, age, partitions and throttling are watched."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.dimensions == tomap({ DeliveryStreamName = "orchestrator-logs" })])
    error_message = "Alarms are about this stream."
  }
}

run "refuses_an_alias_for_a_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000003:alias/example-logs"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_key_of_another_account" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-1:200000000002:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_an_alarm_that_always_speaks" {
  command = plan

  variables {
    late_seconds = 300
  }

  expect_failures = [var.late_seconds]
}

run "refuses_a_name_the_apply_role_does_not_make" {
  command = plan

  variables {
    name = "logs"
  }

  expect_failures = [var.name]
}
