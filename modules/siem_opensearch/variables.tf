variable "account_id" {
  description = "Account the domain is made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_topic_arns" {
  description = "Topics that are told when something is wrong with the domain."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", one))])
    error_message = "Not all of these are ARNs of topics: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "auto_tune" {
  description = "Whether OpenSearch Service tunes the nodes' memory by itself; T-type instances cannot."
  type        = bool
  default     = true
  nullable    = false
}

variable "client_cidrs" {
  description = "Addresses from which the domain is reached on port 443, the pipelines' subnets among them."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for one in var.client_cidrs : can(cidrnetmask(one)) && one != "0.0.0.0/0"])
    error_message = "Name the networks of the clients as CIDR blocks, and not everybody: ${join(", ", var.client_cidrs)}."
  }
}

variable "data" {
  description = "Nodes that hold what is searched every day."
  type = object({
    count     = number # a multiple of the subnets
    type      = string
    volume_gb = number # of each
  })
  default  = { count = 3, type = "r7g.large.search", volume_gb = 300 }
  nullable = false

  validation {
    condition     = can(regex("^[a-z0-9]+\\.[a-z0-9]+\\.search$", var.data.type))
    error_message = "\"${var.data.type}\" is not a type of a node such as r7g.large.search."
  }

  validation {
    condition     = var.data.count >= length(var.subnet_ids) && var.data.count % length(var.subnet_ids) == 0 && var.data.volume_gb >= 10
    error_message = "${var.data.count} nodes are not the same number in each of ${length(var.subnet_ids)} subnets, or a volume is smaller than 10 GB."
  }
}

variable "engine_version" {
  description = "Version of OpenSearch."
  type        = string
  default     = "OpenSearch_2.17"
  nullable    = false

  validation {
    condition     = can(regex("^OpenSearch_[2-9]\\.[0-9]+$", var.engine_version))
    error_message = "\"${var.engine_version}\" is not a version such as OpenSearch_2.17."
  }
}

variable "master_role_arn" {
  description = "Role that may do everything in the domain, and with which it is set up."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.master_role_arn))
    error_message = "\"${var.master_role_arn}\" is not the ARN of a role."
  }
}

variable "master_type" {
  description = "Type of the three nodes that keep order."
  type        = string
  default     = "m7g.large.search"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+\\.[a-z0-9]+\\.search$", var.master_type))
    error_message = "\"${var.master_type}\" is not a type of a node such as m7g.large.search."
  }
}

variable "name" {
  description = "Name of the domain; key, log groups and alarms are called after it."
  type        = string
  default     = "orchestrator-siem"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,27}$", var.name))
    error_message = "\"${var.name}\" is not a name of a domain: 3 to 28 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "reader_role_arns" {
  description = "Roles that get into the domain to search."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.reader_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", one))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", var.reader_role_arns)}."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the domain, two or three, each in a zone of its own."
  type        = set(string)
  nullable    = false

  validation {
    condition     = contains([2, 3], length(var.subnet_ids)) && alltrue([for one in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", one))])
    error_message = "Name two or three subnets, not: ${join(", ", var.subnet_ids)}."
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

variable "warm" {
  description = "Nodes that hold older logs in S3; none with 0."
  type = object({
    count = number
    type  = optional(string, "ultrawarm1.medium.search")
  })
  default  = { count = 0 }
  nullable = false

  validation {
    condition     = contains(["ultrawarm1.medium.search", "ultrawarm1.large.search"], var.warm.type) && (var.warm.count == 0 || var.warm.count >= 2)
    error_message = "Warm nodes are 0, or 2 and more, of ultrawarm1.medium.search or ultrawarm1.large.search."
  }
}

variable "writer_role_arns" {
  description = "Roles that get into the domain to write: those of pipelines."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.writer_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", one))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", var.writer_role_arns)}."
  }
}
