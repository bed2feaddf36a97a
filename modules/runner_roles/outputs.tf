output "reader_role_arn" {
  description = "ARN of the role that only plans and looks, to be trusted by the plan roles."
  value       = aws_iam_role.this["reader"].arn
}

output "role_arn" {
  description = "ARN of the role, to be trusted by the roles it assumes."
  value       = aws_iam_role.this["runner"].arn
}
