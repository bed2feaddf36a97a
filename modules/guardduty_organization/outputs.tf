output "detector_id" {
  description = "Id of the administrator's detector in this region."
  value       = data.aws_guardduty_detector.this.id
}
