variable "bucket" {
  description = "Name of the bucket in the log archive account that AWS Config delivers to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "\"${var.bucket}\" is not a bucket name."
  }
}

variable "excluded_types" {
  description = "Resource types that are not recorded, in the spelling of AWS Config."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for type in var.excluded_types : can(regex("^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$", type))])
    error_message = "A resource type is written as AWS::EC2::Instance: ${join(", ", var.excluded_types)}."
  }
}

variable "frequency" {
  description = "How often a resource's configuration is recorded: at every change, or once a day."
  type        = string
  default     = "CONTINUOUS"
  nullable    = false

  validation {
    condition     = contains(["CONTINUOUS", "DAILY"], var.frequency)
    error_message = "AWS Config records CONTINUOUS or DAILY, not \"${var.frequency}\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts what is delivered, not of an alias; null leaves it to the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "\"${coalesce(var.kms_key_arn, "null")}\" is not the ARN of a KMS key."
  }
}

variable "record_global_types" {
  description = "Whether IAM users, groups, roles and policies are recorded here; true in one region only."
  type        = bool
  nullable    = false
}

variable "role_arn" {
  description = "ARN of the role AWS Config reads the account with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/", var.role_arn))
    error_message = "\"${var.role_arn}\" is not the ARN of a role."
  }
}
