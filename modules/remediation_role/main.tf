locals {
  # jsonencode and not policy documents: the statements are values already, and a plan shows them
  # even where something that this module depends on changes.
  policies = [for statements in var.policies : jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in statements : merge(
      {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      },
      length(statement.conditions) == 0 ? {} : { Condition = statement.conditions },
    )]
  })]

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "WhoSaysTheExternalId"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = sort(var.trusted_role_arns) }
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "May do what the remediations need that were decided for this account."
  assume_role_policy   = local.trust
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
}

# Managed policies, because those of many controls do not fit into a role's inline ones: 10,240
# characters in all, against 6,144 for each of ten (IAM user guide, "IAM and AWS STS quotas").
resource "aws_iam_policy" "this" {
  count = length(local.policies)

  name        = "${var.name}-${count.index + 1}"
  description = "Actions of the remediations that were decided for this account."
  policy      = local.policies[count.index]
}

resource "aws_iam_role_policy_attachment" "this" {
  count = length(local.policies)

  policy_arn = aws_iam_policy.this[count.index].arn
  role       = aws_iam_role.this.name
}
