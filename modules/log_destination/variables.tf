variable "account_id" {
  description = "Account the destination is made in: that of the archive."
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
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "Not all of these are ARNs of topics: ${join(", ", var.alarm_topic_arns)}."
  }
}

variable "bucket_arn" {
  description = "Bucket of this account to which logs are written."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_arn))
    error_message = "\"${var.bucket_arn}\" is not the ARN of a bucket, which has no path behind it."
  }
}

variable "buffer_seconds" {
  description = "Seconds that logs are gathered before they are written; less makes more and smaller files."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.buffer_seconds >= 60 && var.buffer_seconds <= 900
    error_message = "Logs are gathered for 60 to 900 seconds, not for ${var.buffer_seconds}."
  }
}

variable "kms_key_arn" {
  description = "Key of this account and of the bucket's region that encrypts the logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.kms_key_arn))
    error_message = "\"${var.kms_key_arn}\" is not the ARN of a key; an alias does not do, because a role's policy cannot name one."
  }

  validation {
    condition     = !can(regex("^arn:", var.kms_key_arn)) || split(":", var.kms_key_arn)[4] == var.account_id
    error_message = "The key ${var.kms_key_arn} is not one of account ${var.account_id}."
  }
}

variable "late_seconds" {
  description = "Age of the oldest log not yet written from which on the alarm speaks."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.late_seconds > 2 * var.buffer_seconds && var.late_seconds < 86400
    error_message = "Say it after more than twice the buffer's ${var.buffer_seconds} seconds and before the day after which logs are lost, not after ${var.late_seconds}."
  }
}

variable "name" {
  description = "Name of the destination and its stream; roles, log group and alarms are called after it."
  type        = string
  default     = "orchestrator-logs"
  nullable    = false

  validation {
    condition     = can(regex("^orchestrator-[a-z0-9-]{1,20}$", var.name))
    error_message = "\"${var.name}\" is not a name here: \"orchestrator-\" and up to 20 lower-case letters, digits and hyphens."
  }
}

variable "organization_id" {
  description = "Organization whose accounts may send logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the roles may do at most."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "prefix" {
  description = "Folder of the bucket for these logs; what could not be read goes to the one with -failed behind it."
  type        = string
  default     = "cloudwatch"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,39}$", var.prefix))
    error_message = "\"${var.prefix}\" is not a folder: up to 40 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}
