output "alias_arn" {
  description = "ARN of the key's alias, which is known before the key is made."
  value       = aws_kms_alias.this.arn
}

output "arn" {
  description = "ARN of the key."
  value       = aws_kms_key.this.arn
}
