variable "account_id" {
  description = "Account of the lake: the delegated administrator of Security Lake."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "bucket_arn" {
  description = "Bucket of the lake in this region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_arn))
    error_message = "\"${var.bucket_arn}\" is not the ARN of a bucket, which has no path behind it."
  }
}

variable "certificate_names" {
  description = "Common names of the certificates that may write, with a trust anchor."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.certificate_names) > 0) == (var.trust_anchor_arn != "")
    error_message = "Certificates are named together with a trust anchor (trust_anchor_arn), and neither without the other: otherwise every certificate of the anchor could write, or none."
  }

  validation {
    condition     = alltrue([for name in var.certificate_names : can(regex("^[A-Za-z0-9 ._-]{1,64}$", name))])
    error_message = "Not all of these are whole common names (there are no wildcards): ${join(", ", var.certificate_names)}."
  }
}

variable "event_class" {
  description = "The one OCSF class of the source's events, as Security Lake writes it."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ACCOUNT_CHANGE", "API_ACTIVITY", "AUTHENTICATION", "COMPLIANCE_FINDING", "DATASTORE_ACTIVITY", "DETECTION_FINDING", "DNS_ACTIVITY", "HTTP_ACTIVITY", "NETWORK_ACTIVITY", "PROCESS_ACTIVITY", "VULNERABILITY_FINDING"], var.event_class)
    error_message = "\"${var.event_class}\" is none of the classes that orchestrator logs ingest writes: ACCOUNT_CHANGE, API_ACTIVITY, AUTHENTICATION, COMPLIANCE_FINDING, DATASTORE_ACTIVITY, DETECTION_FINDING, DNS_ACTIVITY, HTTP_ACTIVITY, NETWORK_ACTIVITY, PROCESS_ACTIVITY and VULNERABILITY_FINDING."
  }
}

variable "external_id" {
  description = "What a principal says when it assumes the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:/-]+$", var.external_id)) && length(var.external_id) >= 8 && length(var.external_id) <= 1224
    error_message = "An external id has 8 to 1224 letters, digits and +=,.@:/- here."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the lake in this region; empty where S3's own key does."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.kms_key_arn == "" || can(regex("^arn:[a-z-]+:kms:${var.region}:[0-9]{12}:key/[a-zA-Z0-9-]+$", var.kms_key_arn))
    error_message = "\"${var.kms_key_arn}\" is not the ARN of a key of ${var.region}."
  }
}

variable "name" {
  description = "Name of the source as orchestrator logs ingest is told it (--source); folder and table have the class behind it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,13}$", var.name))
    error_message = "\"${var.name}\" is not a name of a source: up to 14 lower-case letters, digits and hyphens; Security Lake allows 20, of which the class takes five."
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

variable "principal_arns" {
  description = "Roles that may write with the external id; there is no IAM user."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.principal_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Not all of these are ARNs of roles: ${join(", ", var.principal_arns)}."
  }

  validation {
    condition     = length(var.principal_arns) > 0 || var.trust_anchor_arn != ""
    error_message = "Nobody could write: name roles (principal_arns) or a trust anchor (trust_anchor_arn)."
  }
}

variable "region" {
  description = "Region of the lake to which the source is written."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "\"${var.region}\" is not a region."
  }
}

variable "source_account_id" {
  description = "Account under which the source's events are kept."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.source_account_id))
    error_message = "An account id is twelve digits, not \"${var.source_account_id}\"."
  }
}

variable "stream" {
  description = "A stream that makes events of lines; without a format, a machine makes and writes events by itself."
  type = object({
    alarm_topic_arns = optional(set(string), []) # told when lines do not arrive
    buffer_seconds   = optional(number, 300)
    format           = optional(string, "") # auditd, cef, syslog, web or windows
    path             = optional(string, "") # of the zip that orchestrator logs stream-code writes
    reingest         = optional(bool, true) # what does not fit into an answer is put into the stream again, not to the failures
    sha256           = optional(string, "") # its digest, as the command says it
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["", "auditd", "cef", "syslog", "web", "windows"], var.stream.format)
    error_message = "\"${var.stream.format}\" is not a format of lines: choose auditd, cef, syslog, web or windows."
  }

  validation {
    condition     = (var.stream.format == "") == (var.stream.path == "") && (var.stream.format == "") == (var.stream.sha256 == "")
    error_message = "A stream has a format, the path of its code and the digest of that; write the code with: orchestrator logs stream-code onprem.zip."
  }

  validation {
    condition     = var.stream.buffer_seconds >= 60 && var.stream.buffer_seconds <= 900
    error_message = "A stream holds lines for 60 to 900 seconds, not for ${var.stream.buffer_seconds}."
  }

  validation {
    condition     = var.stream.format == "" || var.event_class != "API_ACTIVITY"
    error_message = "No line is an event of API_ACTIVITY: CloudTrail's files are read by orchestrator logs ingest."
  }
}

variable "trust_anchor_arn" {
  description = "Trust anchor of IAM Roles Anywhere whose certificates may write; empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.trust_anchor_arn == "" || can(regex("^arn:[a-z-]+:rolesanywhere:[a-z0-9-]+:[0-9]{12}:trust-anchor/[0-9a-f-]+$", var.trust_anchor_arn))
    error_message = "\"${var.trust_anchor_arn}\" is not the ARN of a trust anchor."
  }
}
