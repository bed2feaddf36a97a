locals {
  bucket = "${var.name}-results-${var.account_id}"

  # Security Lake's names. Source: Security Lake user guide, "Queries for AWS source version 2". A
  # query of a source that the lake does not collect says that its table is not there.
  region   = replace(var.region, "-", "_")
  database = "amazon_security_lake_glue_db_${local.region}"
  sources  = ["cloud_trail_mgmt", "eks_audit", "lambda_execution", "route53", "s3_data", "sh_findings", "vpc_flow", "waf"]
  tables   = { for source in local.sources : source => "\"${local.database}\".\"amazon_security_lake_table_${local.region}_${source}_2_0\"" }
}

resource "aws_athena_workgroup" "this" {
  name          = var.name
  description   = "Questions to Security Lake; each scans ${var.scan_limit_gb} GB at most."
  force_destroy = true # the queries in it are all of this module, and their results expire

  configuration {
    bytes_scanned_cutoff_per_query     = var.scan_limit_gb * 1024 * 1024 * 1024
    enforce_workgroup_configuration    = true # else whoever asks chooses place and encryption of results
    publish_cloudwatch_metrics_enabled = true

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      expected_bucket_owner = var.account_id
      output_location       = "s3://${local.bucket}/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = module.key.arn
      }
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name        = each.key
  description = each.value.description
  database    = local.database
  query       = each.value.sql
  workgroup   = aws_athena_workgroup.this.id
}
