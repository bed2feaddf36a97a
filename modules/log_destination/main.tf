data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  here      = "${var.region}:${var.account_id}"

  # Written out, so that the policies can be read in the plan, before there is a stream.
  destination_arn = "arn:${local.partition}:logs:${local.here}:destination:${var.name}"
  stream_arn      = "arn:${local.partition}:firehose:${local.here}:deliverystream/${var.name}"
  log_group       = "/aws/kinesisfirehose/${var.name}" # which no account may forward
  log_group_arn   = "arn:${local.partition}:logs:${local.here}:log-group:${local.log_group}"
  log_stream      = "delivery"

  # IAM knows no regions, and there is a destination in each of them.
  roles = { for purpose in ["destination", "delivery"] : purpose => "${var.name}-${purpose}-${var.region}" }
}

resource "aws_cloudwatch_log_destination" "this" {
  name       = var.name
  role_arn   = aws_iam_role.this["destination"].arn
  target_arn = aws_kinesis_firehose_delivery_stream.this.arn

  # CloudWatch Logs sends a test message while it makes the destination.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_destination_policy" "this" {
  access_policy    = data.aws_iam_policy_document.destination.json
  destination_name = aws_cloudwatch_log_destination.this.name
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  #checkov:skip=CKV_AWS_241: what waits here for minutes is under AWS's key; the archive's key, of another region perhaps, encrypts what stays
  name        = var.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }

  extended_s3_configuration {
    bucket_arn          = var.bucket_arn
    buffering_interval  = var.buffer_seconds
    buffering_size      = 64 # the least that Data Firehose takes with dynamic partitioning
    compression_format  = "GZIP"
    error_output_prefix = "${var.prefix}-failed/region=${var.region}/type=!{firehose:error-output-type}/eventDay=!{timestamp:yyyyMMdd}/"
    file_extension      = ".json.gz"
    kms_key_arn         = var.kms_key_arn
    prefix              = "${var.prefix}/region=${var.region}/accounts=!{partitionKeyFromQuery:accounts}/eventDay=!{timestamp:yyyyMMdd}/"
    role_arn            = aws_iam_role.this["delivery"].arn

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.this.name
      log_stream_name = aws_cloudwatch_log_stream.this.name
    }

    # Whose logs they are is said in the logs only, so that they have to be opened. By the last two
    # digits of the account: 100 partitions, and twice as many around midnight, of the 500 that a
    # stream may have at once, however many accounts send.
    dynamic_partitioning_configuration {
      enabled = true
    }

    processing_configuration {
      enabled = true

      processors {
        type = "Decompression"

        parameters {
          parameter_name  = "CompressionFormat"
          parameter_value = "GZIP"
        }
      }

      processors {
        type = "MetadataExtraction"

        parameters {
          parameter_name  = "JsonParsingEngine"
          parameter_value = "JQ-1.6"
        }

        parameters {
          parameter_name  = "MetadataExtractionQuery"
          parameter_value = "{accounts:.owner[-2:]}"
        }
      }

      processors {
        type = "AppendDelimiterToRecord"
      }
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158: holds error messages of the delivery, no log that was delivered
  name              = local.log_group
  retention_in_days = 400
}

resource "aws_cloudwatch_log_stream" "this" {
  name           = local.log_stream
  log_group_name = aws_cloudwatch_log_group.this.name
}

resource "aws_iam_role" "this" {
  for_each = {
    delivery    = { says = "Lets Data Firehose write forwarded logs to the archive.", trust = data.aws_iam_policy_document.firehose_trust.json }
    destination = { says = "Lets CloudWatch Logs hand the organization's logs to Data Firehose.", trust = data.aws_iam_policy_document.logs_trust.json }
  }

  name                 = local.roles[each.key]
  description          = each.value.says
  assume_role_policy   = each.value.trust
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  for_each = {
    delivery    = data.aws_iam_policy_document.delivery.json
    destination = data.aws_iam_policy_document.hand_over.json
  }

  name   = each.key
  role   = aws_iam_role.this[each.key].name
  policy = each.value
}
