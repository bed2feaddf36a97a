mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::200000000002:role/orchestrator-lake" }
  }
}

variables {
  account_id               = "200000000002"
  permissions_boundary_arn = "arn:aws:iam::200000000002:policy/orchestrator-boundary"
  regions                  = ["ap-northeast-1", "us-east-1", "us-west-2"]
  rollup_region            = "ap-northeast-1"
}

run "replicates_every_other_region_to_the_roll_up_region" {
  command = plan

  assert {
    condition     = { for region, lake in aws_securitylake_data_lake.contributor : region => lake.configuration[0].replication_configuration[0].regions } == { us-east-1 = toset(["ap-northeast-1"]), us-west-2 = toset(["ap-northeast-1"]) }
    error_message = "Each region's lake must be replicated."
  }

  assert {
    condition     = aws_securitylake_data_lake.rollup.configuration[0].region == "ap-northeast-1" && length(aws_securitylake_data_lake.rollup.configuration[0].replication_configuration) == 0
    error_message = "The roll-up region replicates to nobody."
  }

  assert {
    condition     = one(aws_securitylake_data_lake.rollup.configuration[0].lifecycle_configuration[0].transition).days == 90 && aws_securitylake_data_lake.rollup.configuration[0].lifecycle_configuration[0].expiration[0].days == 400
    error_message = "Events must move, and end."
  }
}

run "collects_the_declared_sources_everywhere_at_version_2" {
  command = plan

  variables {
    account_ids = ["200000000002", "200000000006"]
    sources     = ["CLOUD_TRAIL_MGMT", "WAF"]
  }

  assert {
    condition     = aws_securitylake_aws_log_source.waf[0].source[0].accounts == toset(["200000000002", "200000000006"])
    error_message = "The provider cannot do without the accounts."
  }

  assert {
    condition     = aws_securitylake_aws_log_source.cloud_trail_mgmt[0].source[0].source_version == "2.0" && aws_securitylake_aws_log_source.waf[0].source[0].source_name == "WAF" && aws_securitylake_aws_log_source.waf[0].source[0].regions == toset(["ap-northeast-1", "us-east-1", "us-west-2"])
    error_message = "OCSF 1.1, in every region."
  }

  assert {
    condition     = length(aws_securitylake_aws_log_source.vpc_flow) + length(aws_securitylake_aws_log_source.route53) + length(aws_securitylake_aws_log_source.sh_findings) + length(aws_securitylake_aws_log_source.s3_data) + length(aws_securitylake_aws_log_source.eks_audit) + length(aws_securitylake_aws_log_source.lambda_execution) == 0
    error_message = "What was not declared is not collected."
  }

  assert {
    condition     = length(output.organization_configuration) == 3 && output.organization_configuration[0].sources[1] == { sourceName = "WAF", sourceVersion = "2.0" }
    error_message = "New accounts get the same sources, in every region."
  }
}

run "replication_uses_the_keys_and_writes_to_the_roll_up_region_only" {
  command = plan

  variables {
    kms_key_arns = {
      ap-northeast-1 = "arn:aws:kms:ap-northeast-1:200000000002:key/a"
      us-east-1      = "arn:aws:kms:us-east-1:200000000002:key/b"
      us-west-2      = "arn:aws:kms:us-west-2:200000000002:key/c"
    }
  }

  assert {
    condition     = data.aws_iam_policy_document.replication.statement[1].resources == toset(["arn:aws:s3:::aws-security-data-lake-ap-northeast-1-*/*"]) && length(data.aws_iam_policy_document.replication.statement[2].resources) == 3
    error_message = "Replication writes to the roll-up region, with the given keys."
  }

  assert {
    condition     = aws_securitylake_data_lake.contributor["us-east-1"].configuration[0].encryption_configuration[0].kms_key_id == "arn:aws:kms:us-east-1:200000000002:key/b"
    error_message = "Each region has its own key."
  }
}

run "refuses_a_roll_up_region_that_is_not_governed" {
  command = plan

  variables {
    rollup_region = "eu-west-1"
  }

  expect_failures = [var.rollup_region]
}

run "refuses_a_key_for_some_regions_only" {
  command = plan

  variables {
    kms_key_arns = { us-east-1 = "arn:aws:kms:us-east-1:200000000002:key/b" }
  }

  expect_failures = [var.kms_key_arns]
}

run "refuses_a_source_that_security_lake_does_not_have" {
  command = plan

  variables {
    sources = ["GUARDDUTY"]
  }

  expect_failures = [var.sources]
}
