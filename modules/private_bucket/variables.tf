variable "expiry" {
  description = "Days after which S3 deletes what is in the bucket, or moves it before."
  type = object({
    objects        = number
    delete_markers = optional(bool, false) # whether a marker that stands for nothing goes, too
    glacier        = optional(number)      # to Glacier Instant Retrieval; null for never
    old_versions   = optional(number, 30)  # of a bucket that has versions
    rule           = optional(string, "age")
    uploads        = optional(number, 7) # that nobody has completed
  })
  nullable = false

  validation {
    condition     = alltrue([for days in [var.expiry.objects, var.expiry.old_versions, var.expiry.uploads] : days >= 1 && floor(days) == days])
    error_message = "S3 counts whole days from 1 on, not ${var.expiry.objects}, ${var.expiry.old_versions} and ${var.expiry.uploads}."
  }

  validation {
    condition     = var.expiry.glacier == null ? true : var.expiry.glacier < var.expiry.objects
    error_message = "Objects are deleted after ${var.expiry.objects} days: they cannot go to Glacier later."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes what is in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key" {
  description = "Key that encrypts objects; null for keys of S3's own."
  # An object, so that a key which is yet to be made is not taken for none.
  type    = object({ arn = string })
  default = null
}

variable "log_bucket" {
  description = "Bucket for the access logs; null for none."
  type        = object({ name = string })
  default     = null
}

variable "name" {
  description = "Name of the bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "\"${var.name}\" is not a bucket name: 3 to 63 lower-case letters, digits and hyphens, no hyphen at the ends."
  }
}

variable "object_lock_days" {
  description = "Days in which nobody deletes a version without the right to bypass governance; 0 for no object lock."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.object_lock_days >= 0 && (var.object_lock_days == 0 || var.versioned)
    error_message = "Only versions are locked, and for a number of days: ${var.object_lock_days} where versions are not kept, or less than none."
  }
}

variable "ownership_controls" {
  description = "Whether access control lists are switched off by a setting, and not only by S3's default."
  type        = bool
  default     = true
  nullable    = false
}

variable "policy_documents" {
  description = "Policies in JSON of whoever is let in, laid together with those that hold for every bucket."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "readers" {
  description = "Accounts of an organization that may read everything."
  type = object({
    account_ids     = optional(set(string), [])
    organization_id = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = length(var.readers.account_ids) == 0 || can(regex("^o-[a-z0-9]{10,32}$", var.readers.organization_id))
    error_message = "Say of which organization the readers are: \"${var.readers.organization_id}\" is not an id such as o-exampleorg1."
  }
}

variable "versioned" {
  description = "Whether S3 keeps what is written over or deleted."
  type        = bool
  nullable    = false
}
