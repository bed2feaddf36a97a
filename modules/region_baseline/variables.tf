variable "ebs_encryption" {
  description = "Whether new EBS volumes and copies of snapshots are encrypted."
  type        = bool
  default     = true
  nullable    = false
}

variable "imdsv2" {
  description = "Whether new EC2 instances answer only version 2 of the instance metadata service."
  type        = bool
  default     = true
  nullable    = false
}

variable "metadata_hop_limit" {
  description = "Network hops an answer of the instance metadata service may take; a container is one hop away."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.metadata_hop_limit >= 1 && var.metadata_hop_limit <= 64
    error_message = "EC2 allows 1 to 64 hops, not ${var.metadata_hop_limit}."
  }
}
