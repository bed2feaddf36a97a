output "name" {
  description = "Name of the recorder, once it records."
  value       = aws_config_configuration_recorder_status.this.name
}
