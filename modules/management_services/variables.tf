variable "guardduty" {
  description = "Whether to enable GuardDuty in this region."
  type        = bool
  nullable    = false
}

variable "security_hub" {
  description = "Whether to enable Security Hub in this region, without any standard."
  type        = bool
  nullable    = false

  validation {
    condition     = var.guardduty || var.security_hub
    error_message = "Nothing would be enabled; leave the module out."
  }
}
