variable "account_id" {
  description = "Account in which the lake is asked: the administrator of Security Lake, or a subscriber's."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "keep_days" {
  description = "Days after which results are deleted."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.keep_days >= 1
    error_message = "Results are kept for a day at least, not for ${var.keep_days}."
  }
}

variable "name" {
  description = "Name of the workgroup, which bucket and key are called after."
  type        = string
  default     = "orchestrator-lake"
  nullable    = false

  validation {
    condition     = can(regex("^orchestrator-[a-z0-9-]{1,29}$", var.name))
    error_message = "\"${var.name}\" is not a name here: \"orchestrator-\" and up to 29 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the lake's tables."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "\"${var.region}\" is not a region."
  }
}

variable "scan_limit_gb" {
  description = "Gigabytes that a question may scan; Athena ends it there."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.scan_limit_gb >= 1 && floor(var.scan_limit_gb) == var.scan_limit_gb
    error_message = "A question may scan whole gigabytes, one at least, not ${var.scan_limit_gb}."
  }
}
