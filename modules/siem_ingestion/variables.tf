variable "account_id" {
  description = "Account the pipeline is made in: that of the domain or collection."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarm_topic_arns" {
  description = "Topics that are told when logs do not arrive."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", one))])
    error_message = "Not all of these are ARNs of topics: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "dead_letter_bucket" {
  description = "Bucket of another pipeline's for the events that the target refused; empty for one of its own."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.dead_letter_bucket == "" || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.dead_letter_bucket))
    error_message = "\"${var.dead_letter_bucket}\" is not a name of a bucket."
  }
}

variable "dead_letter_days" {
  description = "Days that events are kept which the target refused."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.dead_letter_days >= 1
    error_message = "Events are kept for a day at least, not ${var.dead_letter_days}."
  }
}

variable "index_prefix" {
  description = "What the names of the indices begin with."
  type        = string
  default     = "ocsf"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,19}$", var.index_prefix))
    error_message = "\"${var.index_prefix}\" is not a beginning of a name: 2 to 20 lower-case letters and digits."
  }
}

variable "kms_key_arn" {
  description = "Key of this account and region for the pipeline and its dead letters; empty for AWS's own."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.kms_key_arn == "" || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.kms_key_arn))
    error_message = "\"${var.kms_key_arn}\" is not the ARN of a key."
  }
}

variable "name" {
  description = "Name of the pipeline; role, bucket, log group and alarms are called after it."
  type        = string
  default     = "orchestrator-siem"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,27}$", var.name))
    error_message = "\"${var.name}\" is not a name of a pipeline: 3 to 28 lower-case letters, digits and hyphens, beginning with a letter."
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

variable "source_logs" {
  description = "Where logs come from: Security Lake (lake), or the archive's buckets: CloudTrail's files (cloudtrail), flow logs of VPCs in Parquet (flow), name queries of VPCs (resolver)."
  type = object({
    bucket_arns      = set(string)
    kind             = string
    kms_key_arns     = optional(set(string), []) # of buckets and queue
    owner_account_id = string                    # of the buckets
    queue_arn        = string                    # which hears of new objects
    queue_url        = string
  })
  nullable = false

  validation {
    condition     = contains(["cloudtrail", "flow", "lake", "resolver"], var.source_logs.kind)
    error_message = "Logs come from cloudtrail, flow, lake or resolver, not from \"${var.source_logs.kind}\"."
  }

  validation {
    condition     = length(var.source_logs.bucket_arns) > 0 && alltrue([for one in var.source_logs.bucket_arns : can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", one))])
    error_message = "Name buckets by their ARNs, which have no path behind them, not: ${join(", ", var.source_logs.bucket_arns)}."
  }

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.source_logs.queue_arn)) && can(regex("^https://[^\\s]+$", var.source_logs.queue_url)) && endswith(var.source_logs.queue_url, join("/", slice(split(":", var.source_logs.queue_arn), 4, 6)))
    error_message = "\"${var.source_logs.queue_arn}\" and \"${var.source_logs.queue_url}\" are not the ARN and the address of one queue."
  }

  validation {
    condition     = can(regex("^[0-9]{12}$", var.source_logs.owner_account_id))
    error_message = "An account id is twelve digits, not \"${var.source_logs.owner_account_id}\"."
  }
}

variable "subnet_ids" {
  description = "Subnets from which the pipeline reaches a domain in a VPC; none for a collection."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", one))])
    error_message = "Not all of these are ids of subnets: ${join(", ", var.subnet_ids)}."
  }

  validation {
    condition     = (length(var.subnet_ids) > 0) == (var.vpc_id != "")
    error_message = "Subnets and their VPC (vpc_id) are named together."
  }
}

variable "target" {
  description = "Where logs are written: a domain, or a collection, which has a network policy."
  type = object({
    arn                 = string
    endpoint            = string
    name                = string
    network_policy_name = optional(string, "")
  })
  nullable = false

  validation {
    condition     = can(regex("^https://[^\\s/]+$", var.target.endpoint))
    error_message = "\"${var.target.endpoint}\" is not an address such as https://search.example.com, without a path."
  }

  validation {
    condition     = can(regex("^arn:[a-z-]+:${var.target.network_policy_name == "" ? "es:[a-z0-9-]+:[0-9]{12}:domain" : "aoss:[a-z0-9-]+:[0-9]{12}:collection"}/[a-z0-9-]+$", var.target.arn))
    error_message = "\"${var.target.arn}\" is not the ARN of a domain, or of a collection where network_policy_name is given."
  }
}

variable "target_cidrs" {
  description = "Networks in which a domain in a VPC is reached."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.target_cidrs : can(cidrnetmask(one)) && one != "0.0.0.0/0"])
    error_message = "Name networks as CIDR blocks, and not everything: ${join(", ", var.target_cidrs)}."
  }

  validation {
    condition     = length(var.subnet_ids) == 0 || length(var.target_cidrs) > 0
    error_message = "Without target_cidrs, the pipeline would reach nothing from its subnets."
  }
}

variable "units" {
  description = "Ingestion units of the pipeline, each of about 2 virtual processors and 15 GB of memory."
  type = object({
    max = number
    min = number
  })
  default  = { max = 4, min = 1 }
  nullable = false

  validation {
    condition     = var.units.min >= 1 && var.units.max >= var.units.min && var.units.max <= 96
    error_message = "A pipeline has 1 to 96 units, not ${var.units.min} to ${var.units.max}."
  }
}

variable "vpc_id" {
  description = "VPC of the subnets; empty without subnets."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.vpc_id == "" || can(regex("^vpc-[0-9a-f]{8,17}$", var.vpc_id))
    error_message = "\"${var.vpc_id}\" is not an id of a VPC."
  }
}
