variable "linked_regions" {
  description = "Regions whose findings come together in this one, which is not among them."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for region in var.linked_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "Not all of these are regions: ${join(", ", var.linked_regions)}."
  }
}
