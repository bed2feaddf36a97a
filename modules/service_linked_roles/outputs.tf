output "arns" {
  description = "ARN of each role, by service principal."
  value       = { for service, role in aws_iam_service_linked_role.this : service => role.arn }
}
