output "detector_id" {
  description = "Id of GuardDuty's detector; null where it is not enabled here."
  value       = one(aws_guardduty_detector.this[*].id)
}

output "hub_arn" {
  description = "ARN of the hub; null where it is not enabled here."
  value       = one(aws_securityhub_account.this[*].arn)
}
