locals {
  stream_roles = {
    delivery = { service = "firehose", arn = local.stream_arn, says = "Lets Data Firehose write events of the source ${local.source}." }
    function = { service = "lambda", arn = local.function_arn, says = "Lets the function of the source ${local.source} make events of lines." }
  }
}

resource "aws_iam_role" "stream" {
  for_each = length(local.streams) == 0 ? {} : local.stream_roles

  name                 = "${local.stream_name}-${each.key}"
  description          = each.value.says
  assume_role_policy   = data.aws_iam_policy_document.stream_trust[each.key].json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "stream" {
  for_each = length(local.streams) == 0 ? {} : {
    delivery = data.aws_iam_policy_document.delivery.json
    function = data.aws_iam_policy_document.function.json
  }

  name   = each.key
  role   = aws_iam_role.stream[each.key].name
  policy = each.value
}

data "aws_iam_policy_document" "stream_trust" {
  for_each = local.stream_roles

  statement {
    sid     = "TheStream"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value.service}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${each.value.arn}*"]
    }
  }
}

# Source: Data Firehose developer guide, "Grant Firehose access to an Amazon S3 destination" and
# "Enable record format conversion", without what reads objects: Firehose writes new ones only.
data "aws_iam_policy_document" "delivery" {
  statement {
    sid       = "FindsTheBucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "WritesEvents"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${var.bucket_arn}/${local.failures}/*", "${var.bucket_arn}/${local.location}/*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == "" ? [] : [var.kms_key_arn]

    content {
      sid       = "Encrypts"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"] # Decrypt for uploads in parts
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.amazonaws.com"]
      }
    }
  }

  statement {
    sid     = "ReadsTheColumns"
    actions = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"]
    resources = [
      "arn:${local.partition}:glue:${local.here}:catalog",
      "arn:${local.partition}:glue:${local.here}:database/orchestrator_source_${replace(local.source, "-", "_")}",
      "arn:${local.partition}:glue:${local.here}:table/orchestrator_source_${replace(local.source, "-", "_")}/events",
    ]
  }

  statement {
    sid       = "HasEventsMade"
    actions   = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
    resources = [local.function_arn, "${local.function_arn}:$LATEST"]
  }

  statement {
    sid       = "SaysWhatWentWrong"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.here}:log-group:${local.stream_logs.delivery}:log-stream:delivery"]
  }
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "SaysWhatItCounted"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${local.here}:log-group:${local.stream_logs.function}:log-stream:*"]
  }

  # What does not fit into an answer of the function.
  dynamic "statement" {
    for_each = var.stream.reingest ? [local.stream_arn] : []

    content {
      sid       = "PutsLinesIntoItsStreamAgain"
      actions   = ["firehose:PutRecordBatch"]
      resources = [statement.value]
    }
  }
}
