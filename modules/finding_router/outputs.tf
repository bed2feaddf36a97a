output "bucket" {
  description = "Bucket with the states before a fix."
  value       = module.bucket.name
}

output "dead_letter_queue_url" {
  description = "Queue of what could not be worked on."
  value       = module.queue.dead_letter_url
}

output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts all of it."
  value       = module.key.arn
}

output "queue_url" {
  description = "Queue in which findings wait."
  value       = module.queue.url
}

output "role_arn" {
  description = "ARN of the function's role, which remediation roles trust."
  value       = aws_iam_role.this.arn
}
