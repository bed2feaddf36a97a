output "standards" {
  description = "ARN of every standard that is enabled, by its short name."
  value       = { for name, subscription in aws_securityhub_standards_subscription.this : name => subscription.standards_arn }
}
