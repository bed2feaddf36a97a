data "aws_iam_policy_document" "crawler_trust" {
  statement {
    sid     = "Crawler"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["glue.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "crawler" {
  statement {
    sid       = "ReadsTheSource"
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket_arn}/ext/${local.source}/*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == "" ? [] : [var.kms_key_arn]

    content {
      sid       = "Decrypts"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "shipper_trust" {
  # A principal of the organization's, such as the role of a server that AWS manages elsewhere.
  dynamic "statement" {
    for_each = length(var.principal_arns) == 0 ? [] : [sort(var.principal_arns)]

    content {
      sid     = "Principals"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = statement.value
      }

      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [var.external_id]
      }
    }
  }

  # A machine with a certificate. Source: IAM Roles Anywhere user guide, "Trust policy".
  dynamic "statement" {
    for_each = local.anchored ? [var.trust_anchor_arn] : []

    content {
      sid     = "Certificates"
      actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]

      principals {
        type        = "Service"
        identifiers = ["rolesanywhere.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:PrincipalTag/x509Subject/CN"
        values   = sort(var.certificate_names)
      }
    }
  }
}

data "aws_iam_policy_document" "shipper" {
  # Lines to the stream, or events to the folder: never both.
  dynamic "statement" {
    for_each = local.streams

    content {
      sid       = "SendsLines"
      actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
      resources = [local.stream_arn]
    }
  }

  dynamic "statement" {
    for_each = length(local.streams) == 0 ? [local.location] : []

    content {
      sid       = "WritesEvents"
      actions   = ["s3:PutObject"]
      resources = ["${var.bucket_arn}/${statement.value}/eventDay=????????/*"]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == "" || length(local.streams) > 0 ? [] : [var.kms_key_arn]

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
}
