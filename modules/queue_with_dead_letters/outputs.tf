output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.work.arn
}

output "dead_letter_arn" {
  description = "ARN of the queue of dead letters."
  value       = aws_sqs_queue.dead.arn
}

output "dead_letter_url" {
  description = "URL of the queue of dead letters."
  value       = aws_sqs_queue.dead.url
}

output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.work.url
}
