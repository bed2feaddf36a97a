output "dead_letter_queue_url" {
  description = "Queue of items that no worker could finish."
  value       = module.queue.dead_letter_url
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts items and logs."
  value       = module.key.arn
}

output "queue_url" {
  description = "Queue from which workers take their work."
  value       = module.queue.url
}

output "state_machine_arn" {
  description = "ARN of the state machine that hands out runs."
  value       = aws_sfn_state_machine.this.arn
}

output "worker_role_arn" {
  description = "ARN of the workers' role."
  value       = aws_iam_role.this["workers"].arn
}
