output "organization_arn" {
  description = "ARN of the organization."
  value       = aws_organizations_organization.this.arn
}
