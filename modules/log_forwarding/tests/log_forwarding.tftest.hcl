mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id               = "200000000006"
  archive_bucket_arn       = "arn:aws:s3:::example-logs-logs"
  destination_arn          = "arn:aws:logs:ap-northeast-1:200000000003:destination:orchestrator-logs"
  permissions_boundary_arn = "arn:aws:iam::200000000006:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"
  vpc_ids                  = ["vpc-0a1b2c3d", "vpc-1a2b3c4d"]
}

run "forwards_every_log_group_but_the_deliverys_own_and_those_left_out" {
  command = plan

  variables {
    excluded_log_groups = ["/aws/eks/payments/cluster"]
  }

  assert {
    condition     = aws_cloudwatch_log_account_policy.this[0].selection_criteria == "LogGroupName NOT IN [\"/aws/eks/payments/cluster\", \"/aws/kinesisfirehose/orchestrator-logs\"]"
    error_message = "The delivery must not forward its own log group, nor those that were left out."
  }

  assert {
    condition     = aws_cloudwatch_log_account_policy.this[0].policy_type == "SUBSCRIPTION_FILTER_POLICY" && aws_cloudwatch_log_account_policy.this[0].scope == "ALL"
    error_message = "The policy must be for all log groups, those made later included."
  }

  assert {
    condition     = output.not_forwarded == { log_groups = tolist(["/aws/eks/payments/cluster", "/aws/kinesisfirehose/orchestrator-logs"]), sources = tolist(["ROUTE53", "VPC_FLOW"]) }
    error_message = "What is not forwarded must be listed."
  }
}

run "sends_all_events_with_a_role_of_its_own" {
  command = apply

  override_resource {
    target = aws_iam_role.sender
    values = { arn = "arn:aws:iam::200000000006:role/orchestrator-logs-sender-ap-northeast-1" }
  }

  assert {
    condition = jsondecode(aws_cloudwatch_log_account_policy.this[0].policy_document) == {
      DestinationArn = "arn:aws:logs:ap-northeast-1:200000000003:destination:orchestrator-logs"
      Distribution   = "Random"
      FilterPattern  = ""
      RoleArn        = "arn:aws:iam::200000000006:role/orchestrator-logs-sender-ap-northeast-1"
    }
    error_message = "All events go to the central destination, with the sender's role."
  }

  assert {
    condition     = aws_iam_role.sender[0].name == "orchestrator-logs-sender-ap-northeast-1" && aws_iam_role.sender[0].permissions_boundary == var.permissions_boundary_arn
    error_message = "The apply role makes no role of another name or without the boundary."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.trust.statement[0].condition).values == tolist(["200000000006"]) && one(data.aws_iam_policy_document.forwards.statement[0].resources) == "arn:aws:logs:ap-northeast-1:200000000006:log-group:*"
    error_message = "Logs of this account, and nothing else, are sent."
  }
}

run "delivers_traffic_and_name_queries_of_each_vpc" {
  command = plan

  variables {
    archive_sources = ["ROUTE53", "VPC_FLOW"]
  }

  assert {
    condition     = { for vpc, log in aws_flow_log.this : vpc => log.log_destination } == { "vpc-0a1b2c3d" = "arn:aws:s3:::example-logs-logs", "vpc-1a2b3c4d" = "arn:aws:s3:::example-logs-logs" }
    error_message = "A flow log for each VPC, to the archive."
  }

  assert {
    condition     = alltrue([for log in aws_flow_log.this : log.traffic_type == "ALL" && log.destination_options[0].file_format == "parquet" && log.destination_options[0].hive_compatible_partitions])
    error_message = "Accepted and rejected traffic alike, in partitions that engines prune."
  }

  assert {
    condition     = startswith(values(aws_flow_log.this)[0].log_format, "$${version} $${account-id} ")
    error_message = "Fields are named as flow logs name them."
  }

  assert {
    condition     = toset([for one in aws_route53_resolver_query_log_config_association.this : one.resource_id]) == toset(["vpc-0a1b2c3d", "vpc-1a2b3c4d"])
    error_message = "The queries of each VPC are logged."
  }

  assert {
    condition     = length(output.not_forwarded.sources) == 0
    error_message = "Nothing is left behind."
  }
}

run "leaves_to_the_lake_what_the_lake_collects" {
  command = plan

  variables {
    archive_sources = ["ROUTE53"]
    lake_sources    = ["VPC_FLOW"]
  }

  assert {
    condition     = length(aws_flow_log.this) == 0 && length(aws_route53_resolver_query_log_config.this) == 1
    error_message = "Traffic is the lake's, name queries are the archive's."
  }
}

run "makes_nothing_where_nothing_is_declared" {
  command = plan

  variables {
    archive_bucket_arn = ""
    destination_arn    = ""
  }

  assert {
    condition     = length(aws_iam_role.sender) + length(aws_cloudwatch_log_account_policy.this) + length(aws_flow_log.this) + length(aws_route53_resolver_query_log_config.this) + length(aws_route53_resolver_query_log_config_association.this) == 0
    error_message = "Forwarding is a choice."
  }

  assert {
    condition     = output.not_forwarded.log_groups == tolist(["*"])
    error_message = "It must be said that no log group is forwarded."
  }
}

run "refuses_to_collect_a_source_twice" {
  command = plan

  variables {
    archive_sources = ["VPC_FLOW"]
    lake_sources    = ["VPC_FLOW"]
  }

  expect_failures = [var.archive_sources]
}

run "refuses_a_source_without_a_bucket" {
  command = plan

  variables {
    archive_bucket_arn = ""
    archive_sources    = ["VPC_FLOW"]
  }

  expect_failures = [var.archive_bucket_arn]
}

run "refuses_a_destination_of_another_region" {
  command = plan

  variables {
    destination_arn = "arn:aws:logs:us-east-1:200000000003:destination:orchestrator-logs"
  }

  expect_failures = [aws_cloudwatch_log_account_policy.this]
}

run "refuses_to_forward_the_delivery_itself" {
  command = plan

  variables {
    delivery_log_groups = []
  }

  expect_failures = [var.delivery_log_groups]
}

run "refuses_wildcards_in_log_groups" {
  command = plan

  variables {
    excluded_log_groups = ["/aws/lambda/*"]
  }

  expect_failures = [var.excluded_log_groups]
}
