locals {
  version = "2.0" # OCSF 1.1; 1.0 is a release candidate, in which API calls have another class
}

# One after the other: Security Lake refuses a change while another is going on, and the provider does
# not wait for it (hashicorp/terraform-provider-aws#42973). Hence no for_each, whose members run together.
# In all accounts of the organization, since none is named.

# The accounts are named because the provider cannot do without (hashicorp/terraform-provider-aws
# issues 35273 and 37166). Those that come later are collected from by Security Lake's own settings
# for new accounts, and would here have the source made anew.
resource "aws_securitylake_aws_log_source" "cloud_trail_mgmt" {
  count = contains(var.sources, "CLOUD_TRAIL_MGMT") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "CLOUD_TRAIL_MGMT"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_data_lake.contributor, aws_securitylake_data_lake.rollup]
}

resource "aws_securitylake_aws_log_source" "eks_audit" {
  count = contains(var.sources, "EKS_AUDIT") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "EKS_AUDIT"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.cloud_trail_mgmt]
}

resource "aws_securitylake_aws_log_source" "lambda_execution" {
  count = contains(var.sources, "LAMBDA_EXECUTION") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "LAMBDA_EXECUTION"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.eks_audit]
}

resource "aws_securitylake_aws_log_source" "route53" {
  count = contains(var.sources, "ROUTE53") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "ROUTE53"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.lambda_execution]
}

resource "aws_securitylake_aws_log_source" "s3_data" {
  count = contains(var.sources, "S3_DATA") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "S3_DATA"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.route53]
}

resource "aws_securitylake_aws_log_source" "sh_findings" {
  count = contains(var.sources, "SH_FINDINGS") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "SH_FINDINGS"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.s3_data]
}

resource "aws_securitylake_aws_log_source" "vpc_flow" {
  count = contains(var.sources, "VPC_FLOW") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "VPC_FLOW"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.sh_findings]
}

resource "aws_securitylake_aws_log_source" "waf" {
  count = contains(var.sources, "WAF") ? 1 : 0

  source {
    accounts       = var.account_ids
    regions        = var.regions
    source_name    = "WAF"
    source_version = local.version
  }

  lifecycle {
    ignore_changes = [source[0].accounts]
  }

  depends_on = [aws_securitylake_aws_log_source.vpc_flow]
}
