variable "services" {
  description = "Service principals whose service-linked role the account must have."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", service))])
    error_message = "A service principal ends in .amazonaws.com: ${join(", ", var.services)}."
  }
}
