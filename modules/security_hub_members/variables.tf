variable "members" {
  description = "Email address of every member account, by account id; without the administrator itself."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for id in keys(var.members) : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is twelve digits: ${join(", ", [for id in keys(var.members) : id if !can(regex("^[0-9]{12}$", id))])}."
  }

  validation {
    condition     = alltrue([for email in values(var.members) : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", email))])
    error_message = "Not an email address: ${join(", ", [for email in values(var.members) : email if !can(regex("^[^@[:space:]]+@[^@[:space:]]+$", email))])}."
  }
}
