variable "bus_arn" {
  description = "ARN of the bus in the security account, in whatever region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[a-zA-Z0-9_-]+$", var.bus_arn)) && !endswith(var.bus_arn, "/default")
    error_message = "\"${var.bus_arn}\" is not the ARN of a bus of our own."
  }
}

variable "calls" {
  description = "Calls that are forwarded, by the name of the rule that does it."
  type = map(object({
    names   = set(string) # as CloudTrail calls them, such as PutRolePolicy
    sources = set(string) # such as iam.amazonaws.com
  }))
  nullable = false

  validation {
    condition     = length(var.calls) > 0 && alltrue([for rule, each in var.calls : can(regex("^orchestrator-drift[a-z0-9_-]{0,44}$", rule)) && length(each.names) > 0 && length(each.sources) > 0])
    error_message = "Each rule is called orchestrator-drift or begins so, and has names and sources: ${join(", ", keys(var.calls))}."
  }
}

variable "own_role_arns" {
  description = "ARNs of the account's roles whose calls are not forwarded: they do what was decided."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.own_role_arns) > 0 && alltrue([for arn in var.own_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "Name at least one role, and only roles: ${join(", ", var.own_role_arns)}."
  }
}

variable "role_arn" {
  description = "ARN of the role by which EventBridge puts events on the bus."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "\"${var.role_arn}\" is not the ARN of a role."
  }
}
