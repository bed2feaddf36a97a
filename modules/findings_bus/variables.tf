variable "account_id" {
  description = "Account the bus is made in: the administrator of Security Hub and GuardDuty."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "name" {
  description = "Name of the bus and of the rule that fills it, which the rule's role is called after."
  type        = string
  default     = "findings"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,44}$", var.name)) && var.name != "default"
    error_message = "\"${var.name}\" is not a name for a bus of our own: up to 44 letters, digits, hyphens and underscores, and not \"default\"."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the role may do at most."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}
