output "apply_role_arn" {
  description = "ARN of the role for jobs that apply."
  value       = aws_iam_role.this["apply"].arn
}

output "plan_role_arn" {
  description = "ARN of the role for jobs that plan and look."
  value       = aws_iam_role.this["plan"].arn
}
