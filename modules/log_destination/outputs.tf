output "arn" {
  description = "ARN of the destination, for the accounts that send."
  value       = aws_cloudwatch_log_destination.this.arn
}

output "log_group" {
  description = "Log group to which the delivery writes, which no account may forward."
  value       = aws_cloudwatch_log_group.this.name
}
