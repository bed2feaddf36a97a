variable "account_id" {
  description = "Account the bus and the queue are made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of the topics that alarms go to; none means that they are seen in the console alone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "Only ARNs of topics: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "bus" {
  description = "Name of the bus."
  type        = string
  default     = "orchestrator-drift"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.bus)) && var.bus != "default"
    error_message = "\"${var.bus}\" is not a name for a bus of our own: up to 64 letters, digits, hyphens and underscores, and not \"default\"."
  }
}

variable "late_minutes" {
  description = "Age of the oldest event from which on an alarm says so."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.late_minutes >= 5 && floor(var.late_minutes) == var.late_minutes
    error_message = "Whole minutes, 5 or more, not ${var.late_minutes}."
  }
}

variable "name" {
  description = "Name of the queue and of the rule that fills it."
  type        = string
  default     = "orchestrator-drift-events"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.name))
    error_message = "\"${var.name}\" is not a name for a rule and a queue: up to 64 letters, digits, hyphens and underscores."
  }
}

variable "organization_id" {
  description = "Organization whose accounts may put events on the bus."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "receives" {
  description = "How often an event is read before it counts as one that cannot be worked on."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.receives >= 1 && var.receives <= 1000
    error_message = "1 to 1000, not ${var.receives}."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}
