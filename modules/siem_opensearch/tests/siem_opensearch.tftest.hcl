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
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-1:200000000002:log-group:/aws/OpenSearchService/domains/orchestrator-siem/audit" }
  }
}

variables {
  account_id       = "200000000002"
  client_cidrs     = ["10.20.0.0/16"]
  master_role_arn  = "arn:aws:iam::200000000002:role/siem-administrator"
  reader_role_arns = ["arn:aws:iam::200000000002:role/siem-analyst"]
  region           = "ap-northeast-1"
  subnet_ids       = ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"]
  vpc_id           = "vpc-0a1b2c3d"
  writer_role_arns = ["arn:aws:iam::200000000002:role/orchestrator-siem-pipeline"]
}

run "encrypts_everywhere_and_lets_roles_in_only" {
  command = plan

  assert {
    condition     = aws_opensearch_domain.this.encrypt_at_rest[0].enabled && aws_opensearch_domain.this.node_to_node_encryption[0].enabled
    error_message = "Logs are encrypted on disk and between the nodes."
  }

  assert {
    condition     = aws_opensearch_domain.this.domain_endpoint_options[0].enforce_https && aws_opensearch_domain.this.domain_endpoint_options[0].tls_security_policy == "Policy-Min-TLS-1-2-PFS-2023-10"
    error_message = "Nobody speaks with the domain over less than TLS 1.2."
  }

  assert {
    condition     = aws_opensearch_domain.this.advanced_security_options[0].enabled && !aws_opensearch_domain.this.advanced_security_options[0].internal_user_database_enabled && aws_opensearch_domain.this.advanced_security_options[0].master_user_options[0].master_user_arn == "arn:aws:iam::200000000002:role/siem-administrator"
    error_message = "Access is fine-grained, by role, without passwords."
  }

  assert {
    condition     = data.aws_iam_policy_document.domain.statement[0].resources == toset(["arn:aws:es:ap-northeast-1:200000000002:domain/orchestrator-siem/*"]) && alltrue([for one in data.aws_iam_policy_document.domain.statement[0].principals : one.identifiers == toset(["arn:aws:iam::200000000002:role/orchestrator-siem-pipeline", "arn:aws:iam::200000000002:role/siem-administrator", "arn:aws:iam::200000000002:role/siem-analyst"])])
    error_message = "Only the named roles get in, and only into this domain."
  }
}

run "stands_in_the_vpc_and_in_each_zone" {
  command = plan

  assert {
    condition     = length(aws_opensearch_domain.this.vpc_options[0].subnet_ids) == 3 && aws_opensearch_domain.this.cluster_config[0].zone_awareness_config[0].availability_zone_count == 3
    error_message = "The domain has nodes in the zone of each subnet."
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.this : "${rule.cidr_ipv4} ${rule.from_port} ${rule.to_port}"] == ["10.20.0.0/16 443 443"]
    error_message = "Clients come from the named networks, on port 443."
  }

  assert {
    condition     = toset([for option in aws_opensearch_domain.this.log_publishing_options : option.log_type]) == toset(["AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"])
    error_message = "Who searched what is written down."
  }
}

run "speaks_before_disks_and_shards_are_full" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:ap-northeast-1:200000000002:security"]
    data             = { count = 6, type = "r7g.large.search", volume_gb = 400 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["disk"].threshold == 102400 && aws_cloudwatch_metric_alarm.this["disk"].comparison_operator == "LessThanOrEqualToThreshold"
    error_message = "A quarter of 400 GB is 102400 MB."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["shards"].threshold == 5400
    error_message = "Six nodes hold 6000 shards."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name]) == toset(["AutomatedSnapshotFailure", "ClusterIndexWritesBlocked", "ClusterStatus.red", "ClusterStatus.yellow", "FreeStorageSpace", "JVMMemoryPressure", "KMSKeyError", "MasterJVMMemoryPressure", "Shards.active"])
    error_message = "Cluster, disk, memory, shards, key and snapshots are watched."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:ap-northeast-1:200000000002:security"])])
    error_message = "Every alarm is told to somebody."
  }
}

run "has_warm_nodes_when_they_are_asked_for" {
  command = plan

  variables {
    warm = { count = 2 }
  }

  assert {
    condition     = aws_opensearch_domain.this.cluster_config[0].warm_enabled && aws_opensearch_domain.this.cluster_config[0].warm_count == 2 && aws_opensearch_domain.this.cluster_config[0].warm_type == "ultrawarm1.medium.search"
    error_message = "Older logs move to warm nodes."
  }
}

run "refuses_to_be_open_to_everybody" {
  command = plan

  variables {
    client_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.client_cidrs]
}

run "refuses_nodes_that_do_not_fit_the_zones" {
  command = plan

  variables {
    data = { count = 4, type = "r7g.large.search", volume_gb = 300 }
  }

  expect_failures = [var.data]
}

run "refuses_a_single_zone" {
  command = plan

  variables {
    data       = { count = 3, type = "r7g.large.search", volume_gb = 300 }
    subnet_ids = ["subnet-0a1b2c3d"]
  }

  expect_failures = [var.subnet_ids]
}
