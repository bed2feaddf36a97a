variable "account_id" {
  description = "Account the aggregator is made in: a delegated administrator of AWS Config."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "name" {
  description = "Name of the aggregator, which its role is called after."
  type        = string
  default     = "organization"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,44}$", var.name))
    error_message = "\"${var.name}\" is not a name: up to 44 letters, digits, hyphens and underscores."
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
