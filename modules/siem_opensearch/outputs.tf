output "arn" {
  description = "ARN of the domain."
  value       = aws_opensearch_domain.this.arn
}

output "endpoint" {
  description = "Address of the domain inside the VPC, for pipelines and for orchestrator logs siem-setup."
  value       = "https://${aws_opensearch_domain.this.endpoint}"
}

output "security_group_id" {
  description = "Security group of the domain."
  value       = aws_security_group.this.id
}
