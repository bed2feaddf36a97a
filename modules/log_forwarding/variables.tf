variable "account_id" {
  description = "Account whose logs are forwarded."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "archive_bucket_arn" {
  description = "Bucket to which the archive's sources are delivered; empty when there are none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.archive_bucket_arn == "" || can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.archive_bucket_arn))
    error_message = "\"${var.archive_bucket_arn}\" is not the ARN of a bucket, which has no path behind it."
  }

  validation {
    condition     = var.archive_bucket_arn != "" || length(var.archive_sources) == 0
    error_message = "No bucket is given for ${join(", ", var.archive_sources)} (archive_sources)."
  }
}

variable "archive_sources" {
  description = "Sources delivered to the archive from here: ROUTE53 (resolver queries) and VPC_FLOW."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.archive_sources, ["ROUTE53", "VPC_FLOW"])) == 0
    error_message = "Only ROUTE53 and VPC_FLOW are delivered from here, not ${join(", ", setsubtract(var.archive_sources, ["ROUTE53", "VPC_FLOW"]))}."
  }

  validation {
    condition     = length(setintersection(var.archive_sources, var.lake_sources)) == 0
    error_message = "Collected twice, by the archive and by the lake: ${join(", ", setintersection(var.archive_sources, var.lake_sources))}. Name each in archive_sources or in lake_sources."
  }
}

variable "delivery_log_groups" {
  description = "Log groups to which the delivery itself writes, which would forward themselves for ever."
  type        = set(string)
  default     = ["/aws/kinesisfirehose/orchestrator-logs"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.delivery_log_groups : can(regex("^[A-Za-z0-9._/#-]{1,512}$", name))])
    error_message = "Not all of these are names of log groups: ${join(", ", var.delivery_log_groups)}."
  }

  validation {
    condition     = length(var.delivery_log_groups) > 0
    error_message = "The delivery writes to one log group at least; without leaving it out, it would forward itself for ever."
  }
}

variable "destination_arn" {
  description = "Central destination, of this region, for what CloudWatch Logs receives; empty to forward none of it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.destination_arn == "" || can(regex("^arn:[a-z-]+:logs:[a-z0-9-]+:[0-9]{12}:destination:[^:*]+$", var.destination_arn))
    error_message = "\"${var.destination_arn}\" is not the ARN of a destination of CloudWatch Logs."
  }
}

variable "excluded_log_groups" {
  description = "Further log groups that are not forwarded, by their whole names."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.excluded_log_groups : can(regex("^[A-Za-z0-9._/#-]{1,512}$", name))])
    error_message = "Not all of these are whole names of log groups (there are no wildcards): ${join(", ", var.excluded_log_groups)}."
  }
}

variable "filter_pattern" {
  description = "Pattern of the events to forward, as CloudWatch Logs writes them; empty for all."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.filter_pattern) <= 1024
    error_message = "A filter pattern has 1024 characters at most, not ${length(var.filter_pattern)}."
  }
}

variable "flow_log_interval" {
  description = "Seconds of traffic that one flow log record sums up: 60 or 600."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = contains([60, 600], var.flow_log_interval)
    error_message = "Flow logs sum up 60 or 600 seconds, not ${var.flow_log_interval}."
  }
}

variable "lake_sources" {
  description = "Sources that Security Lake collects from this account and region by itself."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.lake_sources, ["CLOUD_TRAIL_MGMT", "EKS_AUDIT", "LAMBDA_EXECUTION", "ROUTE53", "S3_DATA", "SH_FINDINGS", "VPC_FLOW", "WAF"])) == 0
    error_message = "Security Lake has no source of some of these names: ${join(", ", var.lake_sources)}."
  }
}

variable "name" {
  description = "Name of the subscription policy and of the query logging configuration; the role's begins with it."
  type        = string
  default     = "orchestrator-logs"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_-]{0,31}$", var.name))
    error_message = "\"${var.name}\" is not a name: up to 32 letters, digits, hyphens and underscores, beginning with a letter."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds the role by which log groups are forwarded."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "vpc_ids" {
  description = "VPCs of this account and region whose traffic and name queries are logged."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.vpc_ids : can(regex("^vpc-[0-9a-f]{8,17}$", id))])
    error_message = "Not all of these are ids of VPCs: ${join(", ", var.vpc_ids)}."
  }
}
