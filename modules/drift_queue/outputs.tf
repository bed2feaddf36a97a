output "bus_arn" {
  description = "ARN of the bus that the accounts' rules put events on."
  value       = aws_cloudwatch_event_bus.this.arn
}

output "queue_arn" {
  description = "ARN of the queue that is listened to."
  value       = module.queue.arn
}
