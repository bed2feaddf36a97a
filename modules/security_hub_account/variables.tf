variable "control_standards" {
  description = "Short names of the standards a disabled control is part of; one left out is switched in every enabled standard."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(flatten([for names in values(var.control_standards) : tolist(names)]), keys(var.standards))) == 0
    error_message = "Not an enabled standard: ${join(", ", setsubtract(flatten([for names in values(var.control_standards) : tolist(names)]), keys(var.standards)))}."
  }
}

variable "disabled_controls" {
  description = "Why a control is disabled, by control id."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for control in keys(var.disabled_controls) : can(regex("^[A-Za-z0-9]+\\.[0-9]+$", control))])
    error_message = "A control is written as S3.1: ${join(", ", [for control in keys(var.disabled_controls) : control if !can(regex("^[A-Za-z0-9]+\\.[0-9]+$", control))])}."
  }

  validation {
    condition     = alltrue([for reason in values(var.disabled_controls) : length(trimspace(reason)) > 0])
    error_message = "Say why: ${join(", ", [for control, reason in var.disabled_controls : control if length(trimspace(reason)) == 0])}."
  }
}

variable "enable_hub" {
  description = "Whether to enable Security Hub; false where joining the administrator has done so."
  type        = bool
  default     = true
  nullable    = false
}

variable "standards" {
  description = "ARN of every standard the account is measured by, by a short name."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.standards) : can(regex("^arn:[a-z-]+:securityhub:[a-z0-9-]*::(standards|ruleset)/.+/v/[0-9.]+$", arn))])
    error_message = "Not the ARN of a standard: ${join(", ", [for arn in values(var.standards) : arn if !can(regex("^arn:[a-z-]+:securityhub:[a-z0-9-]*::(standards|ruleset)/.+/v/[0-9.]+$", arn))])}."
  }
}
