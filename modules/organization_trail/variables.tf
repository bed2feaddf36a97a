variable "bucket" {
  description = "Name of the bucket in the log archive account that the trail writes to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "\"${var.bucket}\" is not a bucket name."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key, or of an alias of the key, that encrypts the log files."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/", var.kms_key_arn))
    error_message = "\"${var.kms_key_arn}\" is the ARN of neither a KMS key nor an alias."
  }
}

variable "name" {
  description = "Name of the trail; the policies of bucket and key name it."
  type        = string
  default     = "organization"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]{1,126}[a-zA-Z0-9]$", var.name))
    error_message = "\"${var.name}\" is not a trail name: 3 to 128 letters, digits, dots, hyphens and underscores."
  }
}
