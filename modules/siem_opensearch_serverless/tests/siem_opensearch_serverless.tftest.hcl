mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_opensearchserverless_vpc_endpoint" {
    defaults = { id = "vpce-0a1b2c3d4e5f60718" }
  }
  mock_resource "aws_opensearchserverless_collection" {
    defaults = { id = "a1b2c3d4e5f6g7h8i9j0" }
  }
}

variables {
  account_id       = "200000000002"
  client_cidrs     = ["10.20.0.0/16"]
  master_role_arn  = "arn:aws:iam::200000000002:role/siem-administrator"
  reader_role_arns = ["arn:aws:iam::200000000002:role/siem-analyst"]
  subnet_ids       = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  vpc_id           = "vpc-0a1b2c3d"
  writer_role_arns = ["arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"]
}

run "is_a_time_series_under_a_key_of_the_account" {
  command = apply

  assert {
    condition     = aws_opensearchserverless_collection.this.type == "TIMESERIES" && aws_opensearchserverless_collection.this.standby_replicas == "ENABLED"
    error_message = "Logs are a time series, with a standby."
  }

  assert {
    condition = jsondecode(aws_opensearchserverless_security_policy.encryption.policy) == {
      AWSOwnedKey = false
      KmsARN      = "arn:aws:kms:ap-northeast-1:200000000002:key/11111111-2222-3333-4444-555555555555"
      Rules       = [{ Resource = ["collection/orchestrator-siem"], ResourceType = "collection" }]
    }
    error_message = "The key is the account's own."
  }
}

run "is_reached_from_the_vpc_only" {
  command = apply

  assert {
    condition     = jsondecode(aws_opensearchserverless_security_policy.network.policy)[0].AllowFromPublic == false && jsondecode(aws_opensearchserverless_security_policy.network.policy)[0].SourceVPCEs == ["vpce-0a1b2c3d4e5f60718"]
    error_message = "Nobody comes from outside."
  }

  assert {
    condition     = [for rule in jsondecode(aws_opensearchserverless_security_policy.network.policy)[0].Rules : rule.ResourceType] == ["collection", "dashboard"]
    error_message = "Collection and dashboards alike."
  }
}

run "gives_writers_and_readers_what_they_need" {
  command = plan

  assert {
    condition = { for rule in jsondecode(aws_opensearchserverless_access_policy.this.policy) : rule.Principal[0] => flatten(rule.Rules[*].Permission) } == {
      "arn:aws:iam::200000000002:role/orchestrator-siem-pipeline" = ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"]
      "arn:aws:iam::200000000002:role/siem-administrator"         = ["aoss:*", "aoss:*"]
      "arn:aws:iam::200000000002:role/siem-analyst"               = ["aoss:DescribeCollectionItems", "aoss:DescribeIndex", "aoss:ReadDocument"]
    }
    error_message = "A pipeline does not read, an analyst does not write."
  }
}

run "keeps_logs_as_long_as_was_said" {
  command = plan

  variables {
    retention_days = 30
  }

  assert {
    condition     = jsondecode(aws_opensearchserverless_lifecycle_policy.this.policy).Rules == [{ MinIndexRetention = "30d", Resource = ["index/orchestrator-siem/ocsf-*"], ResourceType = "index" }]
    error_message = "Thirty days, of the logs and not of the dashboards."
  }
}

run "leaves_out_rules_without_roles" {
  command = plan

  variables {
    reader_role_arns = []
    writer_role_arns = []
  }

  assert {
    condition     = length(jsondecode(aws_opensearchserverless_access_policy.this.policy)) == 1
    error_message = "A rule without a principal is refused by AWS."
  }
}

run "refuses_to_be_open_to_everybody" {
  command = plan

  variables {
    client_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.client_cidrs]
}

run "refuses_part_of_a_day" {
  command = plan

  variables {
    retention_days = 0.5
  }

  expect_failures = [var.retention_days]
}
