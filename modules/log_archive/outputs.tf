output "buckets" {
  description = "Name of each bucket, by its purpose: access, cloudtrail, config and logs."
  value       = merge({ access = module.access_bucket.name }, { for purpose, bucket in module.bucket : purpose => bucket.name })
}

output "kms_alias_arn" {
  description = "ARN of the key's alias, which is known before the key is made."
  value       = module.key.alias_arn
}

output "kms_key_arn" {
  description = "ARN of the key."
  value       = module.key.arn
}

output "queue_arn" {
  description = "ARN of the queue that tells of CloudTrail's new files; empty without a reader."
  value       = local.told ? aws_sqs_queue.this[0].arn : ""
}
