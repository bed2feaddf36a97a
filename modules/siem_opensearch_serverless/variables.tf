variable "account_id" {
  description = "Account the collection is made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_indexing_units" {
  description = "Capacity units of indexing from which on the alarm speaks."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.alarm_indexing_units >= 2
    error_message = "An account has 2 units at least, not ${var.alarm_indexing_units}."
  }
}

variable "alarm_search_units" {
  description = "Capacity units of searching from which on the alarm speaks."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.alarm_search_units >= 2
    error_message = "An account has 2 units at least, not ${var.alarm_search_units}."
  }
}

variable "alarm_topic_arns" {
  description = "Topics that are told when something is wrong with the collection."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", one))])
    error_message = "Not all of these are ARNs of topics: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "client_cidrs" {
  description = "Addresses from which the collection is reached on port 443."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for one in var.client_cidrs : can(cidrnetmask(one)) && one != "0.0.0.0/0"])
    error_message = "Name the networks of the clients as CIDR blocks, and not everybody: ${join(", ", var.client_cidrs)}."
  }
}

variable "index_prefix" {
  description = "What the names of the indices of logs begin with."
  type        = string
  default     = "ocsf"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,19}$", var.index_prefix))
    error_message = "\"${var.index_prefix}\" is not a beginning of a name: 2 to 20 lower-case letters and digits."
  }
}

variable "master_role_arn" {
  description = "Role that may do everything in the collection, and with which it is set up."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.master_role_arn))
    error_message = "\"${var.master_role_arn}\" is not the ARN of a role."
  }
}

variable "name" {
  description = "Name of the collection; policies, key, endpoint and alarms are called after it."
  type        = string
  default     = "orchestrator-siem"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,31}$", var.name))
    error_message = "\"${var.name}\" is not a name of a collection: 3 to 32 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "reader_role_arns" {
  description = "Roles that search."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.reader_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", one))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", var.reader_role_arns)}."
  }
}

variable "retention_days" {
  description = "Days after which logs are deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650 && floor(var.retention_days) == var.retention_days
    error_message = "Logs are kept for 1 to 3650 whole days, not ${var.retention_days}."
  }
}

variable "standby_replicas" {
  description = "Whether a second zone holds replicas; without, a fault of a zone stops searching."
  type        = bool
  default     = true
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets in which the collection is reached."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) > 0 && length(var.subnet_ids) <= 6 && alltrue([for one in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", one))])
    error_message = "Name one to six subnets, not: ${join(", ", var.subnet_ids)}."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "\"${var.vpc_id}\" is not an id of a VPC."
  }
}

variable "writer_role_arns" {
  description = "Roles that write: those of pipelines."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.writer_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", one))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", var.writer_role_arns)}."
  }
}
