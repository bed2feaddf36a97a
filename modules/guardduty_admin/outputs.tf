output "admin_account_id" {
  description = "Account that administers GuardDuty, once it does."
  value       = aws_guardduty_organization_admin_account.this.admin_account_id
}
