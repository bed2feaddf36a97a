output "kms_key_arn" {
  description = "ARN of the key that encrypts the topics."
  value       = module.key.arn
}

output "topic_arns" {
  description = "ARNs of the topics by team."
  value       = { for team, topic in aws_sns_topic.this : team => topic.arn }
}
