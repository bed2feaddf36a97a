output "endpoint" {
  description = "ARN of the queue in which messages about new objects are received; empty for who queries."
  value       = one(aws_securitylake_subscriber_notification.this[*].subscriber_endpoint) == null ? "" : aws_securitylake_subscriber_notification.this[0].subscriber_endpoint
}

output "resource_share_arn" {
  description = "Share with the tables, which the subscriber's account accepts, for who queries."
  value       = aws_securitylake_subscriber.this.resource_share_arn
}

output "role_arn" {
  description = "Role that the subscriber assumes to read objects."
  value       = aws_securitylake_subscriber.this.role_arn
}
