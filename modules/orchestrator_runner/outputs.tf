output "role_arn" {
  description = "ARN of the role, to be trusted by the roles it assumes."
  value       = aws_iam_role.this.arn
}
