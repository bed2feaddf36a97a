output "policy_ids" {
  description = "Id of each configuration policy, by the caller's key."
  value       = { for key, policy in aws_securityhub_configuration_policy.this : key => policy.id }
}
