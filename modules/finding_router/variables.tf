variable "access_log_bucket" {
  description = "Bucket for the access logs of the states' bucket; empty for none."
  type        = string
  default     = ""
  nullable    = false
}

variable "account_id" {
  description = "Account the function runs in: the administrator of Security Hub."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_topic_arns" {
  description = "Topics that are told when something is wrong with the function."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "Name topics by their ARNs, not: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "batch_size" {
  description = "Most findings of one invocation; together they must be done within the timeout."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10
    error_message = "A batch has 1 to 10 findings, not ${var.batch_size}."
  }
}

variable "bus_name" {
  description = "Bus on which findings arrive."
  type        = string
  default     = "findings"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,44}$", var.bus_name)) && var.bus_name != "default"
    error_message = "\"${var.bus_name}\" is not a name for a bus of our own."
  }
}

variable "concurrency" {
  description = "How many of the function may run at once, reserved for it; one is left for ticks. Null reserves none: an account whose quota is 10 has none to reserve."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.concurrency, 3) >= 3 && coalesce(var.concurrency, 3) <= 100
    error_message = "3 to 100 may run at once, not ${coalesce(var.concurrency, 3)}: a mapping takes no less than 2."
  }
}

variable "external_id" {
  description = "What the function says when it assumes a remediation role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9+=,.@:/_-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "\"${var.external_id}\" is not an external id: 2 to 1224 letters, digits and +=,.@:/_-."
  }
}

variable "keep_days" {
  description = "Days that states before a fix are kept."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.keep_days >= 1
    error_message = "States are kept for at least a day, not ${var.keep_days}."
  }
}

variable "log_days" {
  description = "Days that the function's logs are kept; CloudWatch Logs knows a few numbers only."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch Logs does not keep logs for ${var.log_days} days; 365 and 400 are among those it knows."
  }
}

variable "member_role" {
  description = "Name of the remediation role, the same in every account; the second has -2 behind it."
  type        = string
  default     = "orchestrator-remediation"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,62}$", var.member_role))
    error_message = "\"${var.member_role}\" is not a role name."
  }
}

variable "name" {
  description = "Name of the function; its role, queue, rules, logs and alarms are called after it."
  type        = string
  default     = "orchestrator-findings"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,50}$", var.name))
    error_message = "\"${var.name}\" is not a name: up to 50 letters, digits, hyphens and underscores."
  }
}

variable "operator_role_arns" {
  description = "Roles that may do by hand what the function does, saying the external id."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.operator_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", arn))])
    error_message = "Name roles by their ARNs, not: ${join(", ", var.operator_role_arns)}."
  }
}

variable "organization_id" {
  description = "Organization whose accounts the function may enter."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "package" {
  description = "The function's zip."
  type = object({
    path   = string # of the file
    sha256 = string # of its bytes, in base64: known when it is planned
  })
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+/]{43}=$", var.package.sha256))
    error_message = "\"${var.package.sha256}\" is not a SHA-256 in base64."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the function's role may do at most."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "receives" {
  description = "How often a message is tried before it goes to the dead-letter queue."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.receives >= 1 && var.receives <= 1000
    error_message = "A message is tried 1 to 1,000 times, not ${var.receives}."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "secret_names" {
  description = "Secrets of this account that sign messages to webhooks, or open trackers of tickets."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secret_names : can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", name))])
    error_message = "Name secrets, not their ARNs: ${join(", ", var.secret_names)}."
  }
}

variable "store" {
  description = "Name of the table and of the key; the bucket's has the account id behind it."
  type        = string
  default     = "orchestrator-remediation"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,49}$", var.store))
    error_message = "\"${var.store}\" is not a name for a bucket: 3 to 50 small letters, digits and hyphens."
  }
}

variable "switch" {
  description = "SSM parameter that must read 'on' for findings to be fixed."
  type        = string
  default     = "/orchestrator/remediation/switch"
  nullable    = false

  validation {
    condition     = can(regex("^(/[A-Za-z0-9_.-]+)+$", var.switch))
    error_message = "\"${var.switch}\" is not a name of a parameter, such as /orchestrator/remediation/switch."
  }
}

variable "tick_minutes" {
  description = "Minutes between two looks at what is due."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.tick_minutes >= 2 && var.tick_minutes <= 60
    error_message = "2 to 60 minutes, not ${var.tick_minutes}."
  }
}

variable "timeout" {
  description = "Seconds that one invocation may take."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.timeout >= 30 && var.timeout <= 900
    error_message = "30 to 900 seconds, not ${var.timeout}."
  }
}

variable "topic_key_arn" {
  description = "Key that encrypts the teams' topics; empty for none."
  type        = string
  default     = ""
  nullable    = false
}

variable "topic_prefix" {
  description = "What the names of the teams' topics begin with, before a hyphen; empty for none."
  type        = string
  default     = "orchestrator-team"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{0,100}$", var.topic_prefix))
    error_message = "\"${var.topic_prefix}\" cannot begin a topic's name: letters, digits, hyphens and underscores."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces each invocation."
  type        = bool
  default     = false
  nullable    = false
}

variable "workgroup" {
  description = "Athena's workgroup, by which logs are asked who uses a resource; empty where no decision waits for that."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9._-]{0,128}$", var.workgroup))
    error_message = "\"${var.workgroup}\" is not a name for a workgroup: letters, digits and ._-, up to 128."
  }
}
