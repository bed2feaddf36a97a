variable "account_id" {
  description = "Account the key is made in; its administrators administer the key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "deletion_days" {
  description = "Days that the key waits to be deleted, and can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_days >= 7 && var.deletion_days <= 30
    error_message = "A key waits 7 to 30 days, not ${var.deletion_days}."
  }
}

variable "description" {
  description = "What the key encrypts, in a sentence."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the key's alias, without \"alias/\"."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9/_-]{1,250}$", var.name)) && !startswith(var.name, "aws/")
    error_message = "\"${var.name}\" is not a name for an alias: letters, digits and /_-, and it does not begin with aws/."
  }
}

variable "statements" {
  description = "What others than the account's administrators may do with the key, in this order."
  type = list(object({
    sid            = string
    actions        = list(string)
    service        = optional(string) # such as logs.eu-west-1.amazonaws.com
    principal_arns = optional(list(string), [])
    conditions = list(object({
      test     = string
      values   = list(string)
      variable = string
    }))
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for one in var.statements : (one.service != null) != (length(one.principal_arns) > 0)])
    error_message = "A statement is about a service or about principals, and about one of the two: ${join(", ", [for one in var.statements : one.sid])}."
  }

  validation {
    condition     = alltrue([for one in var.statements : length(one.conditions) > 0])
    error_message = "Each statement is held to something by a condition: ${join(", ", [for one in var.statements : one.sid if length(one.conditions) == 0])}."
  }

  validation {
    condition     = alltrue([for one in var.statements : !anytrue([for action in one.actions : action == "*" || action == "kms:*"])])
    error_message = "Name the actions of each statement; only the account's administrators may do everything."
  }
}
