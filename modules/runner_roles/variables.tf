variable "account_id" {
  description = "Account the role is made in, and whose principals may be allowed to assume it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "entry_role" {
  description = "Role that AWS Organizations makes in a new account; the way in until the target roles exist."
  type        = string
  default     = "OrganizationAccountAccessRole"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.entry_role))
    error_message = "\"${var.entry_role}\" is not a role name."
  }
}

variable "keep_journals" {
  description = "Whether copies of the runs' journals are kept in the state bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_plans" {
  description = "Whether plans that await their review are kept in the state bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_runs" {
  description = "Whether runs that workers on other machines carry out are kept in the state bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "listening_roles" {
  description = "Names of roles that hear of changes made by hand; runner and reader may assume them."
  type        = set(string)
  default     = ["orchestrator-listen"]
  nullable    = false

  validation {
    condition     = alltrue([for role in var.listening_roles : can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", role))])
    error_message = "Only role names: ${join(", ", var.listening_roles)}."
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  default     = "orchestrator-runner"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "\"${var.name}\" is not a role name."
  }
}

variable "organization_id" {
  description = "Organization outside of which the role can assume nothing."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "\"${var.organization_id}\" is not an organization id such as o-exampleorg1."
  }
}

variable "plan_role" {
  description = "Name of the roles that read in the accounts; the reader may assume these alone."
  type        = string
  default     = "orchestrator-plan"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.plan_role))
    error_message = "\"${var.plan_role}\" is not a role name."
  }
}

variable "reader" {
  description = "Name of the role that only plans and looks."
  type        = string
  default     = "orchestrator-reader"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.reader)) && var.reader != var.name
    error_message = "\"${var.reader}\" is not a role name, or the runner's."
  }
}

variable "region" {
  description = "Region of the state bucket; the key is used through S3 there and nowhere else."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "\"${var.region}\" is not a region."
  }
}

variable "state_bucket" {
  description = "Name of the bucket that holds the states."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "\"${var.state_bucket}\" is not a bucket name."
  }
}

variable "state_kms_key_arn" {
  description = "ARN of the key that encrypts the states; a key, because IAM does not accept an alias here."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.state_kms_key_arn))
    error_message = "\"${var.state_kms_key_arn}\" is not the ARN of a KMS key."
  }
}

variable "target_roles" {
  description = "Names of the roles it may assume in any account of the organization."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.target_roles) > 0 && alltrue([for role in var.target_roles : can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", role))])
    error_message = "Name at least one role, and only role names: ${join(", ", var.target_roles)}."
  }
}
