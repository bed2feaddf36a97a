variable "admin_account_id" {
  description = "Account that administers Security Hub for the organization in this region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.admin_account_id))
    error_message = "An account id is twelve digits, not \"${var.admin_account_id}\"."
  }
}
