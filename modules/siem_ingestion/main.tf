data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  here      = "${var.region}:${var.account_id}"

  # Written out, so that the policies can be read in the plan, before there is a pipeline.
  pipeline_arn = "arn:${local.partition}:osis:${local.here}:pipeline/${var.name}"
  role_arn     = "arn:${local.partition}:iam::${var.account_id}:role/${var.name}-pipeline"
  dead_letters = "${var.name}-dlq-${var.account_id}-${var.region}"
  refused      = var.dead_letter_bucket == "" ? local.dead_letters : var.dead_letter_bucket

  serverless = var.target.network_policy_name != ""
}

resource "aws_osis_pipeline" "this" {
  pipeline_name               = var.name
  max_units                   = var.units.max
  min_units                   = var.units.min
  pipeline_configuration_body = local.body

  dynamic "encryption_at_rest_options" {
    for_each = var.kms_key_arn == "" ? [] : [var.kms_key_arn]

    content {
      kms_key_arn = encryption_at_rest_options.value
    }
  }

  log_publishing_options {
    is_logging_enabled = true

    cloudwatch_log_destination {
      log_group = aws_cloudwatch_log_group.this.name
    }
  }

  dynamic "vpc_options" {
    for_each = length(var.subnet_ids) == 0 ? [] : [sort(var.subnet_ids)]

    content {
      security_group_ids = [aws_security_group.this[0].id]
      subnet_ids         = vpc_options.value
    }
  }

  lifecycle {
    # The provider's limit up to 5.100; the API's is 100,000 by now (API model of OpenSearch Ingestion,
    # CreatePipeline).
    precondition {
      condition     = length(local.body) <= 24000
      error_message = "The pipeline is ${length(local.body)} characters long, and may have 24000: give it shorter names."
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158: holds error messages of the pipeline, no log that was delivered
  name              = "/aws/vendedlogs/OpenSearchIngestion/${var.name}/audit-logs"
  retention_in_days = 400
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-pipeline"
  description          = "Lets the pipeline ${var.name} read logs and write them where they are searched."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = "pipeline"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5: the pipeline has it in its VPC options, where checkov does not look
  count = length(var.subnet_ids) == 0 ? 0 : 1

  name        = "${var.name}-pipeline"
  description = "Of the pipeline ${var.name}, which calls and is not called."
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = length(var.subnet_ids) == 0 ? [] : var.target_cidrs

  cidr_ipv4         = each.value
  description       = "To the domain."
  from_port         = 443
  ip_protocol       = "tcp"
  security_group_id = aws_security_group.this[0].id
  to_port           = 443
}
