variable "account_id" {
  description = "Account the roles are made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "apply_role" {
  description = "Name of the role that carries out plans."
  type        = string
  default     = "orchestrator-apply"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.apply_role))
    error_message = "\"${var.apply_role}\" is not a role name."
  }
}

variable "bucket_prefix" {
  description = "What the names of the log archive's buckets begin with; needed where the stack log_archive runs."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,40}$", var.bucket_prefix)) || (var.bucket_prefix == "" && !contains(var.stacks, "log_archive"))
    error_message = "The stack log_archive needs the beginning of its buckets' names, not \"${var.bucket_prefix}\"."
  }
}

variable "detections" {
  description = "Whether there is a role by which what rules detect is imported into the account's Security Hub."
  type        = bool
  default     = false
  nullable    = false
}

variable "drift_events" {
  description = "Whether changes made by hand are told as they happen; in the security account they come together."
  type        = bool
  default     = false
  nullable    = false
}

variable "external_id" {
  description = "What the runner says when it assumes a role; keeps out whoever borrows the runner."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9+=,.@:/_-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "\"${var.external_id}\" is not an external id: 2 to 1224 letters, digits and +=,.@:/_-."
  }
}

variable "logs" {
  description = "What is done with logs in the account: cloudwatch, resolver_queries and vpc_flow are forwarded, a destination, the lake, the siem, what subscribes it to the lake (siem_lake) or its source (siem_source) are here."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.logs, ["cloudwatch", "destination", "lake", "resolver_queries", "siem", "siem_lake", "siem_source", "vpc_flow"])) == 0
    error_message = "With logs, one does cloudwatch, destination, lake, resolver_queries, siem, siem_lake, siem_source or vpc_flow, not: ${join(", ", var.logs)}."
  }

  validation {
    condition     = length(setintersection(var.logs, ["destination", "siem", "siem_source"])) == 0 || var.bucket_prefix != ""
    error_message = "Where logs are delivered or read, the beginning of the archive's buckets' names is needed (bucket_prefix)."
  }
}

variable "plan_role" {
  description = "Name of the role that makes plans."
  type        = string
  default     = "orchestrator-plan"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.plan_role)) && var.plan_role != var.apply_role
    error_message = "\"${var.plan_role}\" is not a role name, or the apply role's."
  }
}

variable "policy_types" {
  description = "Types of the organization's policies that the management account's stack manages, such as SECURITYHUB_CSPM_POLICY."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.policy_types, ["SECURITYHUB_CSPM_POLICY", "SECURITYHUB_POLICY"])) == 0
    error_message = "Only policies of Security Hub are managed, not ${join(", ", var.policy_types)}."
  }
}

variable "reader_role_arn" {
  description = "ARN of a role that may assume the plan role, too, and nothing else; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.reader_role_arn == "" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", var.reader_role_arn))
    error_message = "\"${var.reader_role_arn}\" is not the ARN of a role."
  }
}

variable "remediation_role" {
  description = "Name of the role by which findings are fixed in the account, which a second one has with -2 behind it; empty where none are."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{0,62}$", var.remediation_role)) && !contains([var.apply_role, var.plan_role], var.remediation_role)
    error_message = "\"${var.remediation_role}\" is not a role name, or another role's."
  }
}

variable "runner_role_arn" {
  description = "ARN of the role that may assume these; the apply role trusts no other."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", var.runner_role_arn))
    error_message = "\"${var.runner_role_arn}\" is not the ARN of a role."
  }
}

variable "security_hub_mode" {
  description = "Who configures Security Hub: its central configuration, policies of the organization, or the account's own stack (local)."
  type        = string
  default     = "central"
  nullable    = false

  validation {
    condition     = contains(["central", "local", "policy"], var.security_hub_mode)
    error_message = "The mode is \"central\", \"local\" or \"policy\", not \"${var.security_hub_mode}\"."
  }
}

variable "stacks" {
  description = "Stacks that run in the account; each brings its own permissions."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.stacks) > 0 && length(setsubtract(var.stacks, ["account", "log_archive", "organization", "security"])) == 0
    error_message = "Name some of account, log_archive, organization and security, not: ${join(", ", var.stacks)}."
  }
}
