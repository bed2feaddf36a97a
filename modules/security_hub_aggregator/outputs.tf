output "arn" {
  description = "ARN of the finding aggregator."
  value       = aws_securityhub_finding_aggregator.this.id
}
