variable "access" {
  description = "How events are read: S3 (objects, with a queue of new ones) or LAKEFORMATION (queries)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["LAKEFORMATION", "S3"], var.access)
    error_message = "A subscriber reads by S3 or by LAKEFORMATION, not by \"${var.access}\"."
  }
}

variable "custom_sources" {
  description = "Custom sources that the subscriber reads."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.custom_sources : can(regex("^[a-z0-9][a-z0-9-]{0,19}$", name))])
    error_message = "Not all of these are names of custom sources: ${join(", ", var.custom_sources)}."
  }
}

variable "description" {
  description = "Who reads, and what for."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = length(var.description) <= 256
    error_message = "A description has 256 characters at most, not ${length(var.description)}."
  }
}

variable "external_id" {
  description = "What the subscriber says when it assumes the role that Security Lake makes for it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:/-]+$", var.external_id)) && length(var.external_id) >= 8 && length(var.external_id) <= 1224
    error_message = "An external id has 8 to 1224 letters, digits and +=,.@:/- here."
  }
}

variable "name" {
  description = "Name of the subscriber."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$", var.name))
    error_message = "\"${var.name}\" is not a name: up to 64 letters, digits, hyphens and underscores."
  }
}

variable "sources" {
  description = "Sources of AWS that the subscriber reads."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.sources, ["CLOUD_TRAIL_MGMT", "EKS_AUDIT", "LAMBDA_EXECUTION", "ROUTE53", "S3_DATA", "SH_FINDINGS", "VPC_FLOW", "WAF"])) == 0
    error_message = "Security Lake has no source of some of these names: ${join(", ", var.sources)}."
  }

  validation {
    condition     = length(var.sources) + length(var.custom_sources) > 0
    error_message = "A subscriber that reads nothing is none: name sources or custom_sources."
  }
}

variable "subscriber_account_id" {
  description = "Account that reads."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.subscriber_account_id))
    error_message = "An account id is twelve digits, not \"${var.subscriber_account_id}\"."
  }
}
