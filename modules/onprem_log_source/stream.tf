# Lines that are sent as they are: Data Firehose has a function make events of them, and writes Parquet.
locals {
  streams = var.stream.format == "" ? {} : { this = var.stream }

  stream_name = "orchestrator-source-${local.source}"
  failures    = "failed/${local.source}" # beside ext/, where no crawler looks

  # Written out, so that the policies can be read in the plan, before there is a stream.
  here         = "${var.region}:${var.account_id}"
  function_arn = "arn:${local.partition}:lambda:${local.here}:function:${local.stream_name}"
  stream_arn   = "arn:${local.partition}:firehose:${local.here}:deliverystream/${local.stream_name}"
  stream_logs = {
    delivery = "/aws/kinesisfirehose/${local.stream_name}"
    function = "/aws/lambda/${local.stream_name}"
  }
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  #checkov:skip=CKV_AWS_241: what waits here for minutes is under AWS's key; the lake's own encrypts what stays
  for_each = local.streams

  name        = local.stream_name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }

  extended_s3_configuration {
    bucket_arn          = var.bucket_arn
    buffering_interval  = each.value.buffer_seconds
    buffering_size      = 128
    compression_format  = "UNCOMPRESSED" # Parquet compresses by itself
    error_output_prefix = "${local.failures}/type=!{firehose:error-output-type}/eventDay=!{timestamp:yyyyMMdd}/"
    kms_key_arn         = var.kms_key_arn == "" ? null : var.kms_key_arn
    prefix              = "${local.location}/eventDay=!{partitionKeyFromLambda:eventDay}/"
    role_arn            = aws_iam_role.stream["delivery"].arn

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.this["delivery"].name
      log_stream_name = aws_cloudwatch_log_stream.this["this"].name
    }

    data_format_conversion_configuration {
      input_format_configuration {
        deserializer {
          open_x_json_ser_de {}
        }
      }

      output_format_configuration {
        serializer {
          parquet_ser_de {
            compression = "SNAPPY"
          }
        }
      }

      schema_configuration {
        database_name = aws_glue_catalog_database.this["this"].name
        region        = var.region
        role_arn      = aws_iam_role.stream["delivery"].arn
        table_name    = aws_glue_catalog_table.this["this"].name
      }
    }

    # The day is the event's own, which only the function knows.
    dynamic_partitioning_configuration {
      enabled = true
    }

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.this["this"].arn}:$LATEST"
        }

        # A line comes back with its fields and itself, up to twenty times as long; an answer has 6 MB
        # at most.
        parameters {
          parameter_name  = "BufferSizeInMBs"
          parameter_value = "0.25"
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.stream]
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115: Firehose calls it as often as lines come in; what fails is kept and tried again
  #checkov:skip=CKV_AWS_116: Firehose keeps what it gives back as failed
  #checkov:skip=CKV_AWS_117: it calls nobody
  #checkov:skip=CKV_AWS_173: its variables are names, no secrets
  #checkov:skip=CKV_AWS_272: what was reviewed is the digest of the zip, which the plan holds
  #checkov:skip=CKV_AWS_50: it calls nobody, so that there is nothing to trace
  for_each = local.streams

  function_name    = local.stream_name
  description      = "Makes events of lines of the source ${local.source}."
  architectures    = ["arm64"]
  filename         = each.value.path
  handler          = "orchestrator.logs.stream.function.handler"
  memory_size      = 512
  role             = aws_iam_role.stream["function"].arn
  runtime          = "python3.12"
  source_code_hash = each.value.sha256
  timeout          = 120

  environment {
    variables = {
      CLASS_UID = local.classes[var.event_class]
      FORMAT    = each.value.format
      REINGEST  = each.value.reingest
    }
  }

  # Lambda would make the log group itself, to be kept for ever.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.stream]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158: holds counts and error messages, no log that was delivered
  for_each = length(local.streams) == 0 ? {} : local.stream_logs

  name              = each.value
  retention_in_days = 400
}

resource "aws_cloudwatch_log_stream" "this" {
  for_each = local.streams

  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.this["delivery"].name
}

# What Firehose knows the columns by; Security Lake keeps a table of its own for queries.
resource "aws_glue_catalog_database" "this" {
  for_each = local.streams

  name        = "orchestrator_source_${replace(local.source, "-", "_")}"
  description = "Columns of the source ${local.source}, for its stream."
}

resource "aws_glue_catalog_table" "this" {
  for_each = local.streams

  name          = "events"
  database_name = aws_glue_catalog_database.this["this"].name

  storage_descriptor {
    dynamic "columns" {
      for_each = jsondecode(file("${path.module}/objects/columns.json"))[var.event_class]

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = length(local.streams) == 0 ? {} : {
    failing   = { comparison = "LessThanThreshold", description = "Data Firehose cannot write to the lake.", metric = "DeliveryToS3.Success", statistic = "Average", threshold = 1 }
    late      = { comparison = "GreaterThanOrEqualToThreshold", description = "The oldest line has waited for an hour; after a day it is lost.", metric = "DeliveryToS3.DataFreshness", statistic = "Maximum", threshold = 3600 }
    throttled = { comparison = "GreaterThanOrEqualToThreshold", description = "Lines arrive faster than the stream may take them.", metric = "ThrottledRecords", statistic = "Sum", threshold = 1 }
    unread    = { comparison = "LessThanThreshold", description = "The function that makes events of lines does not work.", metric = "ExecuteProcessing.Success", statistic = "Average", threshold = 1 }
  }

  alarm_name          = "${local.stream_name}-${each.key}"
  alarm_actions       = sort(var.stream.alarm_topic_arns)
  alarm_description   = each.value.description
  comparison_operator = each.value.comparison
  dimensions          = { DeliveryStreamName = local.stream_name }
  evaluation_periods  = 1
  metric_name         = each.value.metric
  namespace           = "AWS/Firehose"
  period              = 300
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}
