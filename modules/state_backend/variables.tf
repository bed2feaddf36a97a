variable "account_id" {
  description = "Account the bucket is made in; its administrators administer the key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "bucket" {
  description = "Name of the state bucket; the key's alias is called after it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "\"${var.bucket}\" is not a bucket name: 3 to 63 lower-case letters, digits and hyphens, no hyphen at the ends."
  }
}

variable "keep_plans" {
  description = "Whether plans that await their review are kept in the bucket, below plans/, for 30 days at most."
  type        = bool
  default     = false
  nullable    = false
}
