output "dead_letter_bucket" {
  description = "Bucket of the events that the target refused."
  value       = local.refused
}

output "pipeline_arn" {
  description = "ARN of the pipeline."
  value       = aws_osis_pipeline.this.pipeline_arn
}

output "role_arn" {
  description = "Role with which the pipeline reads and writes."
  value       = aws_iam_role.this.arn
}
