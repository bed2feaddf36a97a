variable "name" {
  description = "Name of the analyzer."
  type        = string
  default     = "organization"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,254}$", var.name))
    error_message = "\"${var.name}\" is not an analyzer name: a letter, then up to 254 letters, digits, dots, hyphens and underscores."
  }
}
