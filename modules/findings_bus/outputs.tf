output "arn" {
  description = "ARN of the bus."
  value       = aws_cloudwatch_event_bus.this.arn
}

output "name" {
  description = "Name of the bus, for rules on it."
  value       = aws_cloudwatch_event_bus.this.name
}
