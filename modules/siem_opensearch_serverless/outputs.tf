output "arn" {
  description = "ARN of the collection."
  value       = aws_opensearchserverless_collection.this.arn
}

output "endpoint" {
  description = "Address of the collection, for pipelines and for orchestrator logs siem-setup."
  value       = aws_opensearchserverless_collection.this.collection_endpoint
}

output "network_policy_name" {
  description = "Network policy to which a pipeline adds itself."
  value       = aws_opensearchserverless_security_policy.network.name
}
