variable "config_service_linked_role" {
  description = "Whether to make the service-linked role of AWS Config; false where somebody else made it."
  type        = bool
  default     = true
  nullable    = false
}

variable "password_policy" {
  description = "What is asked of the passwords of IAM users."
  type = object({
    minimum_length   = number # characters
    maximum_age      = number # days; 0 means that passwords do not expire
    reuse_prevention = number # passwords remembered; 0 means none
  })
  default = {
    minimum_length   = 14
    maximum_age      = 90
    reuse_prevention = 24
  }
  nullable = false

  validation {
    condition     = var.password_policy.minimum_length >= 8 && var.password_policy.minimum_length <= 128
    error_message = "A password has 8 to 128 characters, not ${var.password_policy.minimum_length}."
  }

  validation {
    condition     = var.password_policy.maximum_age >= 0 && var.password_policy.maximum_age <= 1095
    error_message = "A password lives 1 to 1095 days, or for ever (0), not ${var.password_policy.maximum_age}."
  }

  validation {
    condition     = var.password_policy.reuse_prevention >= 0 && var.password_policy.reuse_prevention <= 24
    error_message = "IAM remembers up to 24 passwords, not ${var.password_policy.reuse_prevention}."
  }
}

variable "s3_public_access_block" {
  description = "Whether no bucket of the account can be opened to the public."
  type        = bool
  default     = true
  nullable    = false
}
