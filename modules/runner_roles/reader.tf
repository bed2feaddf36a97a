# The role that a run starts as which only plans and looks: a pull request's, say. What it stores is
# always new. It can write over nothing, so that nothing becomes another thing after its review.
data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "EntersAccountsToRead"
    actions   = ["sts:AssumeRole"]
    resources = [for role in sort(setunion(var.listening_roles, [var.plan_role])) : "arn:${local.partition}:iam::*:role/${role}"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceOrgID"
      values   = [var.organization_id]
    }
  }

  statement {
    sid       = "FindsStates"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "ReadsStates"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/*/terraform.tfstate"]
  }

  dynamic "statement" {
    for_each = var.keep_plans ? ["plans"] : []

    content {
      sid       = "ReadsPlans"
      actions   = ["s3:GetObject"]
      resources = ["${local.bucket_arn}/${statement.value}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(local.reader_stores) > 0 ? ["new"] : []

    content {
      sid       = "StoresWhatIsNew"
      actions   = ["s3:PutObject"]
      resources = local.reader_stores

      # S3 takes the object only where there is none (S3 User Guide, "Enforce conditional writes").
      condition {
        test     = "Null"
        variable = "s3:if-none-match"
        values   = ["false"]
      }
    }
  }

  statement {
    sid       = "UsesTheStateKey"
    actions   = concat(["kms:Decrypt"], length(local.reader_stores) > 0 ? ["kms:Encrypt", "kms:GenerateDataKey"] : [])
    resources = [var.state_kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

locals {
  # The files of a stored plan, by name: an approval is none of them.
  reader_stores = concat(
    var.keep_journals ? ["${local.bucket_arn}/journal/*.jsonl"] : [],
    var.keep_plans ? [for file in ["manifest.json", "plan.json", "plan.tfplan", "scan.json"] : "${local.bucket_arn}/plans/*/${file}"] : [],
  )
}
