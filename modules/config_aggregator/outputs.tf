output "arn" {
  description = "ARN of the aggregator."
  value       = aws_config_configuration_aggregator.this.arn
}
