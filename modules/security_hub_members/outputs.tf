output "account_ids" {
  description = "Ids of the member accounts, once they are members."
  value       = sort([for member in aws_securityhub_member.this : member.account_id])
}
