variable "account_id" {
  description = "Account the lake is made in: the delegated administrator of Security Lake."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "account_ids" {
  description = "Accounts to collect from, when a source is first declared; null leaves it to Security Lake."
  type        = set(string)
  default     = null

  validation {
    condition     = alltrue([for id in coalesce(var.account_ids, []) : can(regex("^[0-9]{12}$", id))])
    error_message = "Not ids of accounts: ${join(", ", coalesce(var.account_ids, []))}."
  }
}

variable "contributor_expire_after" {
  description = "Days after which events are deleted where they were collected; the roll-up region keeps its own."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.contributor_expire_after >= 1
    error_message = "Events are kept for a day at least, not for ${var.contributor_expire_after}."
  }
}

variable "expire_after" {
  description = "Days after which events are deleted in the roll-up region."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.expire_after > var.glacier_after
    error_message = "Events would be deleted after ${var.expire_after} days, before they are moved after ${var.glacier_after}."
  }
}

variable "glacier_after" {
  description = "Days after which events of the roll-up region move to Glacier Instant Retrieval."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.glacier_after >= 1
    error_message = "S3 moves an object after one day at the earliest, not after ${var.glacier_after}."
  }
}

variable "kms_key_arns" {
  description = "Key that encrypts the lake of a region, by region; without one, S3's own key does."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for region, arn in var.kms_key_arns : can(regex("^arn:[a-z-]+:kms:${region}:[0-9]{12}:key/[a-zA-Z0-9-]+$", arn))])
    error_message = "A key must be of the region that it is given for: ${jsonencode(var.kms_key_arns)}."
  }

  validation {
    condition     = length(var.kms_key_arns) == 0 || toset(keys(var.kms_key_arns)) == var.regions
    error_message = "Give a key for each region of the lake, or for none: ${join(", ", setsubtract(var.regions, keys(var.kms_key_arns)))}."
  }
}

variable "name" {
  description = "What the names of the roles begin with."
  type        = string
  default     = "orchestrator-lake"
  nullable    = false

  validation {
    condition     = can(regex("^orchestrator-[a-z0-9-]{1,39}$", var.name))
    error_message = "\"${var.name}\" is not a name here: \"orchestrator-\" and up to 39 lower-case letters, digits and hyphens."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy that says what the roles may do at most."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "\"${var.permissions_boundary_arn}\" is not the ARN of a policy."
  }
}

variable "regions" {
  description = "Regions in which events are collected, the roll-up region among them."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "Not all of these are regions: ${join(", ", var.regions)}."
  }
}

variable "rollup_region" {
  description = "Region to which the others replicate, where the lake is read."
  type        = string
  nullable    = false

  validation {
    condition     = contains(var.regions, var.rollup_region)
    error_message = "The roll-up region \"${var.rollup_region}\" is not among the lake's regions: ${join(", ", var.regions)}."
  }
}

variable "sources" {
  description = "Sources of AWS to collect, in all regions and all accounts of the organization."
  type        = set(string)
  default     = ["CLOUD_TRAIL_MGMT", "ROUTE53", "SH_FINDINGS", "VPC_FLOW"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.sources, ["CLOUD_TRAIL_MGMT", "EKS_AUDIT", "LAMBDA_EXECUTION", "ROUTE53", "S3_DATA", "SH_FINDINGS", "VPC_FLOW", "WAF"])) == 0
    error_message = "Security Lake has no source of some of these names: ${join(", ", var.sources)}."
  }
}
