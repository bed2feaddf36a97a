output "admin_account_id" {
  description = "Account that administers Security Hub, once it does."
  value       = aws_securityhub_organization_admin_account.this.admin_account_id
}
