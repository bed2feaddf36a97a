variable "account_id" {
  description = "Account the topics are made in, where the function runs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "alarmed" {
  description = "Teams whose topics take alarms of this account."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the channels' role may do at most."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "prefix" {
  description = "What the topics' names begin with, and the key's name."
  type        = string
  default     = "orchestrator-team"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,100}$", var.prefix))
    error_message = "\"${var.prefix}\" cannot begin a topic's name: letters, digits, hyphens and underscores."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "teams" {
  description = "How each team is told, by its name."
  type = map(object({
    email = optional(string, "") # empty for no mail
    slack = optional(object({
      channel_id   = string
      workspace_id = string
    }))
    teams = optional(object({
      channel_id = string # as it stands in the channel's link, with its %-signs
      team_id    = string
      tenant_id  = string
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for team in keys(var.teams) : can(regex("^[a-z0-9][a-z0-9-]{0,63}$", team))])
    error_message = "A team's name is small letters, digits and hyphens: ${join(", ", keys(var.teams))}."
  }

  validation {
    condition     = alltrue([for told in values(var.teams) : told.email == "" || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", told.email))])
    error_message = "No addresses: ${join(", ", [for told in values(var.teams) : told.email if told.email != "" && !can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", told.email))])}."
  }

  validation {
    condition     = alltrue([for told in values(var.teams) : told.slack == null || told.teams == null])
    error_message = "A team has a channel in Slack or in Microsoft Teams, not in both."
  }
}
