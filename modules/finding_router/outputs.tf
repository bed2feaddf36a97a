output "bucket" {
  description = "Bucket with the states before a fix."
  value       = aws_s3_bucket.this.id
}

output "dead_letter_queue_url" {
  description = "Queue of what could not be worked on."
  value       = aws_sqs_queue.dead.url
}

output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts all of it."
  value       = aws_kms_key.this.arn
}

output "queue_url" {
  description = "Queue in which findings wait."
  value       = aws_sqs_queue.work.url
}

output "role_arn" {
  description = "ARN of the function's role, which remediation roles trust."
  value       = aws_iam_role.this.arn
}
