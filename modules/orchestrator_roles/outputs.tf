output "apply_role_arn" {
  description = "ARN of the role that carries out plans."
  value       = aws_iam_role.apply.arn
}

output "plan_role_arn" {
  description = "ARN of the role that makes plans."
  value       = aws_iam_role.plan.arn
}
