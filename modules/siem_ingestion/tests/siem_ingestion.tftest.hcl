mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  region                   = "ap-northeast-1"
  subnet_ids               = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  target_cidrs             = ["10.20.0.0/16"]
  vpc_id                   = "vpc-0a1b2c3d"

  source_logs = {
    bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
    kind             = "cloudtrail"
    kms_key_arns     = ["arn:aws:kms:ap-northeast-1:200000000003:key/11111111-2222-3333-4444-555555555555"]
    owner_account_id = "200000000003"
    queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"
    queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem"
  }

  target = {
    arn      = "arn:aws:es:ap-northeast-1:200000000002:domain/orchestrator-siem"
    endpoint = "https://vpc-orchestrator-siem-a1b2c3d4.ap-northeast-1.es.amazonaws.com"
    name     = "orchestrator-siem"
  }
}

run "writes_each_event_once_into_the_index_of_its_class" {
  command = plan

  assert {
    condition     = [for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : sink.opensearch.index] == ["ocsf-$${/class_uid}", "ocsf-$${/class_uid}", "ocsf-0"]
    error_message = "A class that is not known goes to the index of the base event, not to one of its own."
  }

  assert {
    condition     = [for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : lookup(sink.opensearch, "document_id", "none")] == ["$${/metadata/uid}", "none", "none"]
    error_message = "Events with an id are written by it; without one they could not be."
  }

  assert {
    condition     = [for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : sink.opensearch.routes[0]] == ["identified", "anonymous", "_default"]
    error_message = "Every event has one way, none has two."
  }

  assert {
    condition     = alltrue([for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : sink.opensearch.dlq.s3.bucket == "orchestrator-siem-dlq-200000000002-ap-northeast-1" && !sink.opensearch.aws.serverless])
    error_message = "What is refused is kept."
  }
}

run "maps_cloudtrails_files_to_ocsf" {
  command = plan

  assert {
    condition     = yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].source.s3.compression == "gzip" && yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].source.s3.notification_source == "s3"
    error_message = "CloudTrail's files are gzip, and the bucket itself tells of them."
  }

  assert {
    condition     = contains(flatten([for step in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].processor : try(step.copy_values.entries[*].to_key, [])]), "/actor/user/uid")
    error_message = "Who it was stands where OCSF says."
  }
}

run "an_alarm_of_a_queue_is_where_the_queue_is" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["lost", "refused"])
    error_message = "The age of another account's queue is not to be seen here."
  }
}

run "reads_the_lake_as_it_is" {
  command = plan

  variables {
    source_logs = {
      bucket_arns      = ["arn:aws:s3:::aws-security-data-lake-ap-northeast-1-a1b2c3d4"]
      kind             = "lake"
      owner_account_id = "200000000002"
      queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000002:AmazonSecurityLake-a1b2-Main-Queue"
      queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000002/AmazonSecurityLake-a1b2-Main-Queue"
    }
  }

  assert {
    condition     = yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].source.s3.notification_source == "eventbridge" && length(yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].processor) == 0
    error_message = "The lake tells by EventBridge, and holds OCSF already."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["late", "lost", "refused"])
    error_message = "The queue is here, and so is its alarm."
  }

  assert {
    condition     = [for one in data.aws_iam_policy_document.this.statement : one.sid] == ["HearsOfNewLogs", "ReadsLogs", "KeepsWhatIsRefused", "WritesToTheDomain"]
    error_message = "Without keys, nothing is said of keys."
  }
}

run "maps_flow_logs_to_ocsf_and_shares_the_bucket_of_what_is_refused" {
  command = plan

  variables {
    dead_letter_bucket = "orchestrator-siem-dlq-200000000002-ap-northeast-1"
    name               = "orchestrator-siem-flow"
    source_logs = {
      bucket_arns      = ["arn:aws:s3:::example-logs-logs"]
      kind             = "flow"
      owner_account_id = "200000000003"
      queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem-flow"
      queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem-flow"
    }
  }

  assert {
    condition     = keys(yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem-flow"].source.s3.codec) == ["parquet"] && keys(yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem-flow"].processor[0]) == ["drop_events"]
    error_message = "Flow logs are Parquet, and intervals without traffic are no events."
  }

  assert {
    condition     = length(module.bucket) == 0 && output.dead_letter_bucket == "orchestrator-siem-dlq-200000000002-ap-northeast-1" && { for one in data.aws_iam_policy_document.this.statement : one.sid => one.resources }["KeepsWhatIsRefused"] == toset(["arn:aws:s3:::orchestrator-siem-dlq-200000000002-ap-northeast-1/orchestrator-siem-flow/*"])
    error_message = "What is refused lies in the one bucket, by pipeline."
  }
}

run "maps_name_queries_to_ocsf" {
  command = plan

  variables {
    source_logs = {
      bucket_arns      = ["arn:aws:s3:::example-logs-logs"]
      kind             = "resolver"
      owner_account_id = "200000000003"
      queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem-resolver"
      queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem-resolver"
    }
  }

  assert {
    condition     = keys(yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].source.s3.codec) == ["newline"] && keys(yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].processor[0]) == ["parse_json"]
    error_message = "A name query is a line of JSON."
  }
}

run "writes_into_a_collection_by_month_and_without_ids" {
  command = plan

  variables {
    subnet_ids   = []
    target_cidrs = []
    vpc_id       = ""
    target = {
      arn                 = "arn:aws:aoss:ap-northeast-1:200000000002:collection/a1b2c3d4e5f6g7h8i9j0"
      endpoint            = "https://a1b2c3d4e5f6g7h8i9j0.ap-northeast-1.aoss.amazonaws.com"
      name                = "orchestrator-siem"
      network_policy_name = "orchestrator-siem"
    }
  }

  assert {
    condition     = [for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : sink.opensearch.index] == ["ocsf-$${/class_uid}-%%{yyyy.MM}", "ocsf-$${/class_uid}-%%{yyyy.MM}", "ocsf-0-%%{yyyy.MM}"]
    error_message = "A collection rolls nothing over by itself."
  }

  assert {
    condition     = alltrue([for sink in yamldecode(aws_osis_pipeline.this.pipeline_configuration_body)["orchestrator-siem"].sink : !contains(keys(sink.opensearch), "document_id") && sink.opensearch.aws.serverless_options.network_policy_name == "orchestrator-siem"])
    error_message = "A collection of time series refuses ids of documents."
  }

  assert {
    condition     = [for one in data.aws_iam_policy_document.this.statement : one.sid if strcontains(one.sid, "Collection") || strcontains(one.sid, "NetworkPolicy") || strcontains(one.sid, "Domain")] == ["WritesToTheCollection", "FindsTheCollection", "AddsItselfToTheNetworkPolicy"]
    error_message = "It writes to that collection and no domain."
  }

  assert {
    condition     = length(aws_security_group.this) == 0 && length(aws_osis_pipeline.this.vpc_options) == 0
    error_message = "To a collection it comes by an endpoint of its own."
  }
}

run "reads_and_writes_nothing_else" {
  command = plan

  assert {
    condition = jsonencode({ for one in data.aws_iam_policy_document.this.statement : one.sid => sort(one.resources) }) == jsonencode({
      DecryptsLogs       = ["arn:aws:kms:ap-northeast-1:200000000003:key/11111111-2222-3333-4444-555555555555"]
      HearsOfNewLogs     = ["arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"]
      KeepsWhatIsRefused = ["arn:aws:s3:::orchestrator-siem-dlq-200000000002-ap-northeast-1/orchestrator-siem/*"]
      ReadsLogs          = ["arn:aws:s3:::example-logs-cloudtrail/*"]
      WritesToTheDomain  = ["arn:aws:es:ap-northeast-1:200000000002:domain/orchestrator-siem", "arn:aws:es:ap-northeast-1:200000000002:domain/orchestrator-siem/*"]
    })
    error_message = "The role reads one source and writes to one target."
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::200000000002:policy/orchestrator-boundary"
    error_message = "Every role is bounded."
  }
}

run "refuses_another_kind_of_source" {
  command = plan

  variables {
    source_logs = {
      bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
      kind             = "syslog"
      owner_account_id = "200000000003"
      queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"
      queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/orchestrator-siem"
    }
  }

  expect_failures = [var.source_logs]
}

run "refuses_a_queue_and_the_address_of_another" {
  command = plan

  variables {
    source_logs = {
      bucket_arns      = ["arn:aws:s3:::example-logs-cloudtrail"]
      kind             = "cloudtrail"
      owner_account_id = "200000000003"
      queue_arn        = "arn:aws:sqs:ap-northeast-1:200000000003:orchestrator-siem"
      queue_url        = "https://sqs.ap-northeast-1.amazonaws.com/200000000003/another"
    }
  }

  expect_failures = [var.source_logs]
}

run "refuses_a_target_that_is_not_what_its_arn_says" {
  command = plan

  variables {
    target = {
      arn      = "arn:aws:aoss:ap-northeast-1:200000000002:collection/a1b2c3d4e5f6g7h8i9j0"
      endpoint = "https://a1b2c3d4e5f6g7h8i9j0.ap-northeast-1.aoss.amazonaws.com"
      name     = "orchestrator-siem"
    }
  }

  expect_failures = [var.target]
}
