variable "account_id" {
  description = "Account the queues are made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id is twelve digits, not \"${var.account_id}\"."
  }
}

variable "kms_key" {
  description = "Key that encrypts the messages; null for one of SQS's own."
  # An object, so that a key which is yet to be made is not taken for none.
  type    = object({ arn = string })
  default = null
}

variable "name" {
  description = "Name of the queue; that of the dead letters ends in -dead."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,75}$", var.name))
    error_message = "\"${var.name}\" is not a name for a queue: 1 to 75 letters, digits, hyphens and underscores."
  }
}

variable "receive_wait_seconds" {
  description = "Seconds that a reader waits for a message where it does not say."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.receive_wait_seconds >= 0 && var.receive_wait_seconds <= 20
    error_message = "A reader waits 0 to 20 seconds, not ${var.receive_wait_seconds}."
  }
}

variable "receives" {
  description = "Times a message is read before it is a dead letter."
  type        = number
  nullable    = false

  validation {
    condition     = var.receives >= 1 && var.receives <= 1000
    error_message = "A message is read 1 to 1000 times, not ${var.receives}."
  }
}

variable "region" {
  description = "Region of the provider that the module is given."
  type        = string
  nullable    = false
}

variable "rule_arn" {
  description = "Rule of EventBridge that sends to both queues; empty where only principals of the account send."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.rule_arn == "" || can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/.+$", var.rule_arn))
    error_message = "\"${var.rule_arn}\" is not the ARN of a rule."
  }
}

variable "visibility_seconds" {
  description = "Seconds that a message which somebody has read is hidden from others."
  type        = number
  nullable    = false

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200
    error_message = "A message is hidden for 0 to 43200 seconds, not ${var.visibility_seconds}."
  }
}
