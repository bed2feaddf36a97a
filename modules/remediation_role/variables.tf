variable "external_id" {
  description = "What the trusted roles say when they assume the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9+=,.@:/_-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "\"${var.external_id}\" is not an external id: 2 to 1224 letters, digits and +=,.@:/_-."
  }
}

variable "name" {
  description = "Name of the role, the same in every account; its policies are called after it."
  type        = string
  default     = "orchestrator-remediation"
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "\"${var.name}\" is not a role name."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the role may do at most, whatever its own policies allow."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "policies" {
  description = "Policies of the role, each a list of statements that allow; generated from the decisions."
  type = list(list(object({
    sid        = string                               # letters and digits, once in a policy
    actions    = list(string)                         # each named: no action of a service is meant as a whole
    resources  = list(string)                         # ARN patterns
    conditions = optional(map(map(list(string))), {}) # as in IAM: operator, key, values
  })))
  default  = []
  nullable = false

  validation {
    condition     = length(var.policies) <= 10
    error_message = "IAM attaches ten policies to a role, not ${length(var.policies)}."
  }

  validation {
    condition     = alltrue([for statements in var.policies : length(jsonencode(statements)) <= 6144])
    error_message = "IAM takes policies of up to 6,144 characters; spread the statements over more of them."
  }

  validation {
    condition     = alltrue(flatten([for statements in var.policies : [for s in statements : can(regex("^[A-Za-z0-9]+$", s.sid)) && length(s.actions) > 0 && length(s.resources) > 0]]))
    error_message = "A statement needs a sid of letters and digits, actions and resources."
  }

  validation {
    condition     = alltrue(flatten([for statements in var.policies : [for s in statements : [for action in s.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+\\*?$", action))]]]))
    error_message = "Actions are named one by one, such as s3:PutBucketPolicy: neither \"*\" nor \"s3:*\"."
  }
}

variable "trusted_role_arns" {
  description = "Roles that may assume this one: the function's."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.trusted_role_arns) > 0 && alltrue([for arn in var.trusted_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[a-zA-Z0-9_+=,.@/-]+$", arn))])
    error_message = "Name roles by their ARNs, not: ${join(", ", var.trusted_role_arns)}."
  }
}
