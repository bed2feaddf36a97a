variable "delegated_administrators" {
  description = "Account that administers a service for the organization, by service principal."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for id in values(var.delegated_administrators) : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is twelve digits: ${join(", ", values(var.delegated_administrators))}."
  }

  validation {
    condition     = length(setintersection(keys(var.delegated_administrators), ["guardduty.amazonaws.com", "securityhub.amazonaws.com"])) == 0
    error_message = "GuardDuty and Security Hub register their administrator themselves, and refuse one that is registered twice: use security_hub_admin_account_id and the module guardduty_admin."
  }
}

variable "organization_id" {
  description = "Organization this account must be the management account of."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "security_hub_admin_account_id" {
  description = "Account that administers Security Hub for the organization."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.security_hub_admin_account_id))
    error_message = "An account id is twelve digits, not \"${var.security_hub_admin_account_id}\"."
  }
}

variable "trusted_services" {
  description = "Service principals trusted by the organization, besides those it trusts already."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for service in var.trusted_services : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", service))])
    error_message = "A service principal ends in .amazonaws.com: ${join(", ", var.trusted_services)}."
  }
}
