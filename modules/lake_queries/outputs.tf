output "result_bucket_arn" {
  description = "ARN of the bucket with results, which who asks must be able to write and read."
  value       = module.bucket.arn
}

output "result_key_arn" {
  description = "ARN of the key of results, which who asks must be able to use."
  value       = module.key.arn
}

output "workgroup" {
  description = "Name of the workgroup."
  value       = aws_athena_workgroup.this.name
}
