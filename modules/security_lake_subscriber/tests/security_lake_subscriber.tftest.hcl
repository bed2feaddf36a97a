mock_provider "aws" {}

variables {
  access                = "S3"
  external_id           = "example-siem"
  name                  = "siem"
  sources               = ["CLOUD_TRAIL_MGMT", "VPC_FLOW"]
  subscriber_account_id = "200000000002"
}

run "reads_the_named_sources_at_the_version_that_is_collected" {
  command = plan

  variables {
    custom_sources = ["onprem-ssh"]
  }

  assert {
    condition     = toset(flatten([for s in aws_securitylake_subscriber.this.source : [for a in s.aws_log_source_resource : "${a.source_name} ${a.source_version}"]])) == toset(["CLOUD_TRAIL_MGMT 2.0", "VPC_FLOW 2.0"])
    error_message = "Only the named sources, at version 2.0."
  }

  assert {
    condition     = flatten([for s in aws_securitylake_subscriber.this.source : [for c in s.custom_log_source_resource : c.source_name]]) == ["onprem-ssh"]
    error_message = "Custom sources are read as well."
  }

  assert {
    condition     = aws_securitylake_subscriber.this.subscriber_identity[0].principal == "200000000002" && aws_securitylake_subscriber.this.subscriber_identity[0].external_id == "example-siem"
    error_message = "The named account reads, and says its external id."
  }
}

run "who_reads_objects_is_told_of_new_ones" {
  command = plan

  assert {
    condition     = length(aws_securitylake_subscriber_notification.this) == 1 && length(aws_securitylake_subscriber_notification.this[0].configuration[0].sqs_notification_configuration) == 1
    error_message = "There must be a queue."
  }
}

run "who_queries_has_no_queue" {
  command = plan

  variables {
    access = "LAKEFORMATION"
  }

  assert {
    condition     = aws_securitylake_subscriber.this.access_type == "LAKEFORMATION" && length(aws_securitylake_subscriber_notification.this) == 0 && output.endpoint == ""
    error_message = "Queries need no messages."
  }
}

run "refuses_a_subscriber_that_reads_nothing" {
  command = plan

  variables {
    sources = []
  }

  expect_failures = [var.sources]
}

run "refuses_another_way_to_read" {
  command = plan

  variables {
    access = "HTTP"
  }

  expect_failures = [var.access]
}
