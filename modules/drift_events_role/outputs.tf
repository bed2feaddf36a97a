output "arn" {
  description = "ARN of the role, for the rules of every region."
  value       = aws_iam_role.this.arn
}
