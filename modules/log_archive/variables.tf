variable "account_id" {
  description = "Account the archive is made in; its administrators administer the key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "bucket_prefix" {
  description = "What the names of all buckets begin with; the key's alias is called so."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,40}$", var.bucket_prefix))
    error_message = "\"${var.bucket_prefix}\" is not a beginning of a bucket name: 2 to 41 lower-case letters, digits and hyphens."
  }
}

variable "expire_after" {
  description = "Days after which a log is deleted."
  type        = number
  default     = 2557
  nullable    = false

  validation {
    condition     = var.expire_after > var.glacier_after
    error_message = "A log would be deleted after ${var.expire_after} days, before it is moved after ${var.glacier_after}."
  }
}

variable "glacier_after" {
  description = "Days after which a log moves to the storage class Glacier Instant Retrieval."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.glacier_after >= 1
    error_message = "S3 moves a log after one day at the earliest, not after ${var.glacier_after}."
  }
}

variable "home_region" {
  description = "Region of the archive and of the organization's trail."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.home_region))
    error_message = "\"${var.home_region}\" is not a region."
  }
}

variable "log_queue_reader_arns" {
  description = "Roles that are told of new flow logs (flow) and name queries (resolver), by a queue each."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.log_queue_reader_arns), ["flow", "resolver"])) == 0
    error_message = "Only flow and resolver have queues, not all of: ${join(", ", keys(var.log_queue_reader_arns))}."
  }

  validation {
    condition     = alltrue([for arn in values(var.log_queue_reader_arns) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", values(var.log_queue_reader_arns))}."
  }
}

variable "management_account_id" {
  description = "Management account of the organization, which owns the trail."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.management_account_id))
    error_message = "An account id is twelve digits, not \"${var.management_account_id}\"."
  }
}

variable "object_lock_days" {
  description = "Days in which CloudTrail's and other logs cannot be deleted or overwritten; 0 for no object lock."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.object_lock_days >= 0 && var.object_lock_days <= var.expire_after
    error_message = "Logs are locked for 0 to ${var.expire_after} days (expire_after), not for ${var.object_lock_days}."
  }
}

variable "organization_id" {
  description = "Organization whose accounts may deliver to the archive."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "queue_name" {
  description = "Name of the queue that tells of CloudTrail's new files, and beginning of the others' names."
  type        = string
  default     = "orchestrator-siem"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,60}$", var.queue_name))
    error_message = "\"${var.queue_name}\" is not a name of a queue: 1 to 60 letters, digits, hyphens and underscores."
  }
}

variable "queue_reader_arn" {
  description = "Role that is told of CloudTrail's new files by a queue; empty for no queue."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.queue_reader_arn == "" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", var.queue_reader_arn))
    error_message = "\"${var.queue_reader_arn}\" is not the ARN of a role."
  }
}

variable "reader_account_ids" {
  description = "Other accounts of the organization whose principals may be allowed to read the archive."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.reader_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is twelve digits: ${join(", ", var.reader_account_ids)}."
  }
}

variable "trail_name" {
  description = "Name of the organization's trail."
  type        = string
  default     = "organization"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]{1,126}[a-zA-Z0-9]$", var.trail_name))
    error_message = "\"${var.trail_name}\" is not a trail name."
  }
}
