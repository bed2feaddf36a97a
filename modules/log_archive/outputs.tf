output "buckets" {
  description = "Name of each bucket, by its purpose: access, cloudtrail, config and logs."
  value       = { for purpose, bucket in aws_s3_bucket.this : purpose => bucket.id }
}

output "kms_alias_arn" {
  description = "ARN of the key's alias, which is known before the key is made."
  value       = aws_kms_alias.this.arn
}

output "kms_key_arn" {
  description = "ARN of the key."
  value       = aws_kms_key.this.arn
}

output "queue_arn" {
  description = "ARN of the queue that tells of CloudTrail's new files; empty without a reader."
  value       = local.told ? aws_sqs_queue.this[0].arn : ""
}
