variable "account_id" {
  description = "Account the roles are made in: that of reader and runner."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "approval_key_arns" {
  description = "KMS keys whose signatures on plans the role that applies may verify."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.approval_key_arns : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "Name keys by their ARNs, not: ${join(", ", var.approval_key_arns)}."
  }
}

variable "github" {
  description = "Repositories on GitHub whose jobs may enter, by owner/name, or owner@id/name@id where their tokens say so."
  type = map(object({
    branch      = optional(string, "main") # its jobs plan, too, as those of pull requests do
    environment = string                   # whose jobs apply
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for repository in keys(var.github) : can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}(@[0-9]+/[A-Za-z0-9._-]{1,100}@[0-9]+|/[A-Za-z0-9._-]{1,100})$", repository))])
    error_message = "Name repositories as owner/name or owner@id/name@id, without patterns, not: ${join(", ", keys(var.github))}."
  }

  validation {
    condition     = alltrue([for job in var.github : can(regex("^[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}$", job.branch))])
    error_message = "Name one branch without patterns, not: ${join(", ", [for job in var.github : job.branch])}."
  }

  validation {
    condition     = alltrue([for job in var.github : can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$", job.environment))])
    error_message = "Name one environment without patterns, not: ${join(", ", [for job in var.github : job.environment])}."
  }
}

variable "gitlab" {
  description = "Projects on GitLab whose jobs may enter, by group/project."
  type = map(object({
    branch = optional(string, "main") # whose jobs apply; protect it
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for project in keys(var.gitlab) : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$", project))])
    error_message = "Name projects as group/project, without patterns, not: ${join(", ", keys(var.gitlab))}."
  }

  validation {
    condition     = alltrue([for job in var.gitlab : can(regex("^[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}$", job.branch))])
    error_message = "Name one branch without patterns, not: ${join(", ", [for job in var.gitlab : job.branch])}."
  }
}

variable "gitlab_url" {
  description = "Where GitLab is; AWS must reach it."
  type        = string
  default     = "https://gitlab.com"
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9][a-z0-9.-]*[a-z0-9](/[A-Za-z0-9._-]+)*$", var.gitlab_url))
    error_message = "\"${var.gitlab_url}\" is not an address such as https://gitlab.example.com, without a port and a slash at its end."
  }
}

variable "made_elsewhere" {
  description = "Whose identity provider the account has already: github, gitlab."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.made_elsewhere, ["github", "gitlab"])) == 0
    error_message = "Name github and gitlab, not: ${join(", ", var.made_elsewhere)}."
  }
}

variable "reader_role_arn" {
  description = "ARN of the role that jobs start as which plan and look."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", var.reader_role_arn))
    error_message = "\"${var.reader_role_arn}\" is not the ARN of a role."
  }
}

variable "runner_role_arn" {
  description = "ARN of the role that jobs start as which apply."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", var.runner_role_arn)) && var.runner_role_arn != var.reader_role_arn
    error_message = "\"${var.runner_role_arn}\" is not the ARN of a role, or the reader's."
  }
}
