data "aws_partition" "current" {}

locals {
  arn = "arn:${data.aws_partition.current.partition}"

  role_arns = {
    apply = "${local.arn}:iam::${var.account_id}:role/${var.apply_role}"
    plan  = "${local.arn}:iam::${var.account_id}:role/${var.plan_role}"
  }

  # The roles that stacks make: the modules config_aggregator and findings_bus name them so.
  stack_roles = [
    "${local.arn}:iam::${var.account_id}:role/orchestrator-config-*",
    "${local.arn}:iam::${var.account_id}:role/orchestrator-events-*",
  ]

  # jsonencode and not policy documents: the statements are values already, and their length can
  # be tested. IAM allows a role 10,240 characters of inline policies (IAM user guide, quotas).
  plan_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.read_statements
  })
  apply_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.read_statements, local.service_linked_roles, local.write_statements, local.guards)
  })

  read_statements  = concat(local.always, flatten([for stack, statements in local.reads : statements if contains(var.stacks, stack)]))
  write_statements = flatten([for group, statements in local.writes : statements if contains(local.groups, group)])

  # With central configuration an account has no say in its own Security Hub.
  groups = setunion(
    var.stacks,
    contains(var.stacks, "account") && var.security_hub_mode == "local" ? ["security_hub"] : [],
  )
}

resource "aws_iam_role" "plan" {
  name                 = var.plan_role
  description          = "Lets the orchestrator read what its stacks manage."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "plan" {
  name   = "plan"
  role   = aws_iam_role.plan.name
  policy = local.plan_policy
}

resource "aws_iam_role" "apply" {
  name                 = var.apply_role
  description          = "Lets the orchestrator change what its stacks manage."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "apply" {
  name   = "apply"
  role   = aws_iam_role.apply.name
  policy = local.apply_policy
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheRunner"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.runner_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}
