mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-1:200000000002:key/0a1b2c3d-0000-4000-8000-000000000000" }
  }
}

variables {
  account_id = "200000000002"
  region     = "ap-northeast-1"
}

run "a_question_scans_so_much_and_its_results_go_where_the_workgroup_says" {
  command = apply

  variables {
    scan_limit_gb = 10
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 10737418240
    error_message = "The limit is ten gigabytes."
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration
    error_message = "Who asks may not choose another place or no limit."
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].output_location == "s3://orchestrator-lake-results-200000000002/"
    error_message = "Results go to the module's bucket."
  }

  assert {
    condition     = one(aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration).kms_key_arn == module.key.arn
    error_message = "Results are encrypted by the module's key."
  }
}

run "every_saved_query_names_its_time_and_has_an_end" {
  command = plan

  assert {
    condition     = alltrue([for query in aws_athena_named_query.this : strcontains(query.query, "WHERE time_dt >= CAST(? AS timestamp) AND time_dt < CAST(? AS timestamp)") && endswith(query.query, "LIMIT 1000")])
    error_message = "Without a time, Athena reads the whole lake."
  }

  assert {
    condition     = alltrue([for query in aws_athena_named_query.this : can(regex("FROM \"amazon_security_lake_glue_db_ap_northeast_1\"[.]\"amazon_security_lake_table_ap_northeast_1_[a-z0-9_]+_2_0\" WHERE", query.query))])
    error_message = "Security Lake's own tables of source version 2 are asked."
  }

  assert {
    condition     = toset([for query in aws_athena_named_query.this : regex("_ap_northeast_1_([a-z0-9_]+)_2_0", query.query)[0]]) == toset(["cloud_trail_mgmt", "eks_audit", "lambda_execution", "route53", "s3_data", "sh_findings", "vpc_flow", "waf"])
    error_message = "Each source of AWS has a query."
  }
}

run "refuses_no_limit" {
  command = plan

  variables {
    scan_limit_gb = 0
  }

  expect_failures = [var.scan_limit_gb]
}

run "refuses_an_account_name_for_an_id" {
  command = plan

  variables {
    account_id = "security"
  }

  expect_failures = [var.account_id]
}
