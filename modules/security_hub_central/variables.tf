variable "associations" {
  description = "Key of the policy that holds for an account, an organizational unit or the root, by its id."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(values(var.associations), keys(var.policies))) == 0
    error_message = "No such policy: ${join(", ", setsubtract(values(var.associations), keys(var.policies)))}."
  }

  validation {
    condition     = alltrue([for id in keys(var.associations) : can(regex("^([0-9]{12}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$", id))])
    error_message = "A policy is associated with an account id, an OU id or the root's id: ${join(", ", keys(var.associations))}."
  }
}

variable "linked_regions" {
  description = "Regions whose findings come together in this one, which is not among them."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for region in var.linked_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "Not all of these are regions: ${join(", ", var.linked_regions)}."
  }
}

variable "policies" {
  description = "Configuration policies, by a key of the caller's."
  type = map(object({
    name            = string
    description     = string
    service_enabled = bool # false turns Security Hub off; the rest is then left out
    standard_arns   = set(string)
    # Every control that is not listed is on, those that AWS will release included.
    disabled_controls = set(string)
    # Control id → parameter name → its value, under the one key that is the parameter's type.
    parameters = optional(map(map(object({
      bool        = optional(bool)
      double      = optional(number)
      enum        = optional(string)
      enum_list   = optional(list(string))
      int         = optional(number)
      int_list    = optional(list(number))
      string      = optional(string)
      string_list = optional(list(string))
    }))), {})
  }))
  nullable = false

  validation {
    condition     = length(var.policies) <= 20
    error_message = "Security Hub allows 20 configuration policies, these are ${length(var.policies)}: accounts with the same decisions share one."
  }

  validation {
    condition     = length(distinct([for policy in values(var.policies) : policy.name])) == length(var.policies)
    error_message = "Two policies have the same name: ${join(", ", [for policy in values(var.policies) : policy.name])}."
  }

  validation {
    condition     = alltrue([for policy in values(var.policies) : can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}$", policy.name))])
    error_message = "A policy's name is up to 128 letters, digits, hyphens and underscores: ${join(", ", [for policy in values(var.policies) : policy.name])}."
  }

  validation {
    condition     = alltrue(flatten([for policy in values(var.policies) : [for control in policy.disabled_controls : can(regex("^[A-Za-z0-9]+\\.[0-9]+$", control))]]))
    error_message = "A control is written as S3.1: ${join(", ", flatten([for policy in values(var.policies) : [for control in policy.disabled_controls : control if !can(regex("^[A-Za-z0-9]+\\.[0-9]+$", control))]]))}."
  }

  validation {
    condition     = alltrue([for policy in values(var.policies) : !policy.service_enabled || length(policy.standard_arns) > 0])
    error_message = "Security Hub without a standard finds nothing: ${join(", ", [for key, policy in var.policies : key if policy.service_enabled && length(policy.standard_arns) == 0])}."
  }

  validation {
    condition     = alltrue(flatten([for policy in values(var.policies) : [for parameters in values(policy.parameters) : [for value in values(parameters) : length([for typed in values(value) : true if typed != null]) == 1]]]))
    error_message = "A parameter has one value, under the key that is its type, such as { int = 14 }."
  }

  validation {
    condition     = alltrue([for policy in values(var.policies) : length(setintersection(keys(policy.parameters), policy.disabled_controls)) == 0])
    error_message = "A control that is disabled takes no parameters: ${join(", ", flatten([for policy in values(var.policies) : setintersection(keys(policy.parameters), policy.disabled_controls)]))}."
  }
}
