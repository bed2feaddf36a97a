data "aws_partition" "current" {}

locals {
  arn = "arn:${data.aws_partition.current.partition}"
  iam = "${local.arn}:iam::${var.account_id}"

  role_arns = merge(
    {
      apply = "${local.iam}:role/${var.apply_role}"
      plan  = "${local.iam}:role/${var.plan_role}"
    },
    { for name in keys(local.reading_roles) : name => "${local.iam}:role/orchestrator-${name}" },
  )

  # Who may be which: only the runner changes anything.
  trusted        = { for name in keys(local.role_arns) : name => contains(["listen", "plan"], name) ? local.starting_roles : [var.runner_role_arn] }
  starting_roles = compact([var.reader_role_arn, var.runner_role_arn])

  # The roles that stacks make: the modules that make them name them so.
  stack_roles = concat(
    contains(var.stacks, "security") ? [for name in ["config-*", "events-*"] : "${local.iam}:role/orchestrator-${name}"] : [],
    local.router ? [for name in ["chat", "findings"] : "${local.iam}:role/orchestrator-${name}"] : [],
    local.remediation_arns,
    local.forwards ? [local.forwarder] : [],
    local.log_roles,
  )

  # Two, because one boundary has no room for every action of every remediation.
  remediation_arns = [for suffix in ["", "-2"] : "${local.iam}:role/${var.remediation_role}${suffix}" if local.remediates]

  # Whether findings are fixed in this account, and whether the function that does it runs here.
  remediates = var.remediation_role != ""
  router     = local.remediates && contains(var.stacks, "security")

  # jsonencode and not policy documents: the statements are values already, and their length can
  # be tested. IAM allows a role 10,240 characters of inline policies (IAM user guide, quotas).
  plan_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.read_statements
  })
  apply_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.service_linked_roles, local.role_writes, local.passes, local.write_statements, local.guards)
  })

  read_statements  = concat(local.always, flatten([for group, statements in local.reads : statements if contains(local.groups, group)]))
  write_statements = flatten([for group, statements in local.writes : statements if contains(local.groups, group)])

  # With central configuration an account has no say in its own Security Hub.
  groups = setunion(
    var.stacks,
    contains(var.stacks, "account") && var.security_hub_mode == "local" ? ["security_hub"] : [],
    local.router ? ["router"] : [],
    var.drift_events ? ["drift_events"] : [],
    contains(var.stacks, "organization") && length(var.policy_types) > 0 ? ["policies"] : [],
    contains(var.stacks, "security") && contains(var.policy_types, "SECURITYHUB_POLICY") ? ["unified"] : [],
  )
}

resource "aws_iam_role" "plan" {
  name                 = var.plan_role
  description          = "Lets the orchestrator read what its stacks manage."
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
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
  assume_role_policy   = data.aws_iam_policy_document.trust["apply"].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "apply" {
  name   = "apply"
  role   = aws_iam_role.apply.name
  policy = local.apply_policy
}

# The apply role reads what the plan role does. Beside its inline policy, in which writes alone would
# be too long together with it where names are.
resource "aws_iam_policy" "reads" {
  name        = "orchestrator-stacks-reads"
  description = "What stacks read of what they manage."
  policy      = local.plan_policy
}

resource "aws_iam_role_policy_attachment" "reads" {
  policy_arn = aws_iam_policy.reads.arn
  role       = aws_iam_role.apply.name
}

# Beside the inline policies, which have no room for it.
resource "aws_iam_policy" "router" {
  for_each = { for kind, statements in { reads = local.router_reads, writes = local.router_writes } : kind => statements if local.router }

  name        = "orchestrator-router-${each.key}"
  description = "For the function that findings go to, and what it needs."
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "router" {
  for_each = { for attached, role in {
    apply-reads  = aws_iam_role.apply.name
    apply-writes = aws_iam_role.apply.name
    plan-reads   = aws_iam_role.plan.name
  } : attached => role if local.router }

  policy_arn = aws_iam_policy.router[split("-", each.key)[1]].arn
  role       = each.value
}

data "aws_iam_policy_document" "trust" {
  for_each = local.trusted

  statement {
    sid     = "RunsOfTheOrchestrator"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = each.value
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}
