output "apply_role_arn" {
  description = "ARN of the role that carries out plans."
  value       = aws_iam_role.apply.arn
}

output "boundary_arn" {
  description = "ARN of the policy that every role of a stack must have as its permissions boundary."
  # Known when it is planned, and still there before the roles are.
  value = "${local.iam}:policy/${aws_iam_policy.boundary.name}"
}

output "plan_role_arn" {
  description = "ARN of the role that makes plans."
  value       = aws_iam_role.plan.arn
}

output "remediation_boundary_2_arn" {
  description = "ARN of the policy that the second remediation role must have as its permissions boundary; empty where nothing is remediated."
  value       = join("", [for policy in aws_iam_policy.remediation_boundary_2 : "${local.iam}:policy/${policy.name}"])
}

output "remediation_boundary_arn" {
  description = "ARN of the policy that the remediation role must have as its permissions boundary; empty where nothing is remediated."
  value       = join("", [for policy in aws_iam_policy.remediation_boundary : "${local.iam}:policy/${policy.name}"])
}
