output "config_role_arn" {
  description = "ARN of the service-linked role of AWS Config; null where somebody else made it."
  value       = one(aws_iam_service_linked_role.config[*].arn)
}
