data "aws_partition" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  bucket_arn = "arn:${local.partition}:s3:::${var.state_bucket}"

  roles = {
    reader = { name = var.reader, description = "Runs the orchestrator where it only plans and looks.", policy = "read" }
    runner = { name = var.name, description = "Runs the orchestrator: enters accounts, and keeps their states.", policy = "run" }
  }
  permissions = {
    reader = data.aws_iam_policy_document.reader.json
    runner = data.aws_iam_policy_document.permissions.json
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = each.value.name
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = each.value.policy
  role   = aws_iam_role.this[each.key].name
  policy = local.permissions[each.key]
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "OwnAccount"
    actions = ["sts:AssumeRole"]

    # The account, not a list of people: who may assume it is granted in IAM, next to the people.
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid     = "EntersAccounts"
    actions = ["sts:AssumeRole"]
    # Any account: accounts come and go, and the condition keeps to those of the organization.
    resources = [for role in sort(setunion(var.target_roles, var.listening_roles, [var.entry_role, var.plan_role])) : "arn:${local.partition}:iam::*:role/${role}"]

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

    # No condition on a prefix: for a state that is not there yet S3 answers 404 only to those who
    # may list the bucket, else 403, which Terraform takes for an error. Only states are in it.
  }

  statement {
    sid       = "KeepsStates"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/*/terraform.tfstate"]
  }

  statement {
    sid       = "LocksStates"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/*/terraform.tfstate.tflock"]
  }

  statement {
    sid       = "LocksAccounts"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/locks/*.json"]
  }

  dynamic "statement" {
    for_each = var.keep_journals ? ["journal"] : []

    # Written only: what a run has said is not for the next one, unless it carries out its plans.
    content {
      sid       = "KeepsJournals"
      actions   = ["s3:PutObject"]
      resources = ["${local.bucket_arn}/${statement.value}/*.jsonl"]
    }
  }

  dynamic "statement" {
    for_each = var.keep_plans ? ["plans"] : []

    content {
      sid       = "KeepsPlans"
      actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources = ["${local.bucket_arn}/${statement.value}/*"]
    }
  }

  dynamic "statement" {
    for_each = var.keep_journals && var.keep_plans ? ["journal"] : []

    # A run's journal knows the digest of the plans it has kept, also where they are carried out.
    content {
      sid       = "ReadsJournals"
      actions   = ["s3:GetObject"]
      resources = ["${local.bucket_arn}/${statement.value}/*.jsonl"]
    }
  }

  dynamic "statement" {
    for_each = var.keep_runs ? ["runs"] : []

    # Nothing is removed: what one worker has concluded, no other may conclude anew.
    content {
      sid       = "KeepsRuns"
      actions   = ["s3:GetObject", "s3:PutObject"]
      resources = ["${local.bucket_arn}/${statement.value}/*"]
    }
  }

  statement {
    sid       = "UsesTheStateKey"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.state_kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}
