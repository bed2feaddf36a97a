variable "account_id" {
  description = "Account the role is made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "bus_arn" {
  description = "ARN of the bus in the security account: the only one it puts events on."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[a-zA-Z0-9_-]+$", var.bus_arn)) && !endswith(var.bus_arn, "/default")
    error_message = "\"${var.bus_arn}\" is not the ARN of a bus of our own."
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
