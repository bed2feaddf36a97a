resource "aws_iam_role" "this" {
  name                 = var.name # the apply role makes no role of another name
  description          = "Lets the function read findings, tell teams, and enter accounts."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheFunction"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = length(var.operator_role_arns) == 0 ? [] : [sort(var.operator_role_arns)]

    content {
      sid     = "ByHand"
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
}

locals {
  # Source: Security Lake user guide, "Queries for AWS source version 2".
  lake = "amazon_security_lake_glue_db_${replace(var.region, "-", "_")}"

  # Those below orchestrator/ are the orchestrator's own, and need no list. Secrets Manager puts a
  # hyphen and six characters behind a name.
  secrets = sort(distinct([for name in var.secret_names : startswith(name, "orchestrator/") ? "orchestrator/*" : "${name}-??????"]))

  secret_arns = [for name in local.secrets : "arn:${local.partition}:secretsmanager:${local.here}:secret:${name}"]
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid       = "TakesFindings"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = values(local.queue_arns)
  }

  # Aside what nobody can work on, and, by hand only, back again when a person says so.
  statement {
    sid       = "PutsAside"
    actions   = ["sqs:SendMessage"]
    resources = values(local.queue_arns)
  }

  # PutItem is what its transactions are made of.
  statement {
    sid       = "KeepsRecords"
    actions   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.table_arn]
  }

  # No DeleteObject: states go when they are old enough.
  statement {
    sid       = "KeepsStates"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]
  }

  statement {
    sid       = "UsesTheKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "s3", "sqs"] : "${service}.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "ReadsTheSwitch"
    actions   = ["ssm:GetParameter"]
    resources = [local.parameter_arn]
  }

  # By the beginning of their names: a list of them would be too long for a role some day.
  dynamic "statement" {
    for_each = var.topic_prefix == "" ? [] : [var.topic_prefix]

    content {
      sid       = "TellsTeams"
      actions   = ["sns:Publish"]
      resources = ["arn:${local.partition}:sns:${local.here}:${statement.value}-*"]
    }
  }

  dynamic "statement" {
    for_each = var.topic_key_arn == "" ? [] : [var.topic_key_arn]

    content {
      sid       = "EncryptsMessages"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${var.region}.amazonaws.com"]
      }
    }
  }

  # Where a decision waits for what logs show: Security Lake's tables, by Athena. What lies in the
  # lake's buckets Lake Formation hands out, where this role is granted SELECT.
  dynamic "statement" {
    for_each = var.workgroup == "" ? [] : [var.workgroup]

    content {
      sid       = "AsksLogs"
      actions   = ["athena:GetQueryExecution", "athena:GetQueryResults", "athena:StartQueryExecution", "athena:StopQueryExecution"]
      resources = ["arn:${local.partition}:athena:${local.here}:workgroup/${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = var.workgroup == "" ? [] : [local.lake]

    content {
      sid     = "ReadsTables"
      actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable"]
      resources = [
        "arn:${local.partition}:glue:${local.here}:catalog",
        "arn:${local.partition}:glue:${local.here}:database/${local.lake}",
        "arn:${local.partition}:glue:${local.here}:table/${local.lake}/amazon_security_lake_table_*",
      ]
    }
  }

  dynamic "statement" {
    #checkov:skip=CKV_AWS_356: Lake Formation's action knows no resource; what it hands out is granted there
    for_each = var.workgroup == "" ? [] : ["*"]

    content {
      sid       = "ReadsTheLake"
      actions   = ["lakeformation:GetDataAccess"]
      resources = [statement.value]
    }
  }

  # Athena looks where answers go before it writes them.
  dynamic "statement" {
    for_each = var.workgroup == "" ? [] : [local.bucket_arn]

    content {
      sid       = "KeepsAnswers"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) == 0 ? [] : [local.secret_arns]

    content {
      sid       = "SignsMessages"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  # For a secret that its owner has put under a key of the account.
  dynamic "statement" {
    for_each = length(local.secret_arns) == 0 ? [] : [local.secret_arns]

    content {
      sid     = "OpensSecrets"
      actions = ["kms:Decrypt"]
      # Which key is the owner's choice; the condition keeps to what these secrets are under.
      resources = ["arn:${local.partition}:kms:${local.here}:key/*"]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.region}.amazonaws.com"]
      }

      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:SecretARN"
        values   = statement.value
      }
    }
  }

  statement {
    sid     = "EntersAccounts"
    actions = ["sts:AssumeRole"]
    # Any account: accounts come and go, and the condition keeps to those of the organization.
    resources = [for suffix in ["", "-2"] : "arn:${local.partition}:iam::*:role/${var.member_role}${suffix}"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceOrgID"
      values   = [var.organization_id]
    }
  }

  # BatchUpdateFindingsV2 asks for the permission of BatchUpdateFindings, on the unified hub, whose id
  # AWS makes (Service Authorization Reference, AWS Security Hub).
  statement {
    sid       = "NotesOnFindings"
    actions   = ["securityhub:BatchUpdateFindings", "securityhub:GetFindings"]
    resources = [for hub in ["hub/default", "hubv2/*"] : "arn:${local.partition}:securityhub:${local.here}:${hub}"]
  }

  statement {
    sid       = "WritesLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:*"]
  }

  dynamic "statement" {
    #checkov:skip=CKV_AWS_356: X-Ray's actions know no resource
    for_each = var.tracing ? ["*"] : []

    content {
      sid       = "WritesTraces"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = [statement.value]
    }
  }
}
