data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "ThePipeline"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["osis-pipelines.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.pipeline_arn]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "HearsOfNewLogs"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [var.source_logs.queue_arn]
  }

  statement {
    sid       = "ReadsLogs"
    actions   = ["s3:GetObject"]
    resources = [for arn in sort(var.source_logs.bucket_arns) : "${arn}/*"]
  }

  dynamic "statement" {
    for_each = length(var.source_logs.kms_key_arns) == 0 ? [] : [sort(var.source_logs.kms_key_arns)]

    content {
      sid       = "DecryptsLogs"
      actions   = ["kms:Decrypt"]
      resources = statement.value

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["s3.*.amazonaws.com", "sqs.*.amazonaws.com"]
      }
    }
  }

  statement {
    sid       = "KeepsWhatIsRefused"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${local.refused}/${var.name}/*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == "" ? [] : [var.kms_key_arn]

    content {
      sid       = "EncryptsWhatIsRefused"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.amazonaws.com"]
      }
    }
  }

  # Source: OpenSearch Service developer guide, "Granting Amazon OpenSearch Ingestion pipelines access to
  # domains".
  dynamic "statement" {
    for_each = local.serverless ? [] : [var.target.arn]

    content {
      sid       = "WritesToTheDomain"
      actions   = ["es:DescribeDomain", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"]
      resources = [statement.value, "${statement.value}/*"]
    }
  }

  # Source: the same guide, "Granting Amazon OpenSearch Ingestion pipelines access to collections".
  dynamic "statement" {
    for_each = local.serverless ? [var.target.arn] : []

    content {
      sid       = "WritesToTheCollection"
      actions   = ["aoss:APIAccessAll"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.serverless ? ["*"] : []

    content {
      sid       = "FindsTheCollection"
      actions   = ["aoss:BatchGetCollection"]
      resources = [statement.value] # it knows no resource
    }
  }

  dynamic "statement" {
    for_each = local.serverless ? [var.target.name] : []

    content {
      sid       = "AddsItselfToTheNetworkPolicy"
      actions   = ["aoss:CreateSecurityPolicy", "aoss:GetSecurityPolicy", "aoss:UpdateSecurityPolicy"]
      resources = ["*"] # policies have no ARN

      condition {
        test     = "StringEquals"
        variable = "aoss:collection"
        values   = [statement.value]
      }
    }
  }
}
